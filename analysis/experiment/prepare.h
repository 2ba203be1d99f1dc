#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "base/input_limit.h"
#include "mapper/lowering/inference_mode.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

class WorkCache;

/// From now on networks on this design lie as the mapping in a file says, which `limit` is told of. Throws as mapper::read_mapping.
void use_mapping(Design& design, const std::string& path, const base::InputLimit& limit);

/// Which of the steps of prepare() a caller needs.
struct PrepareOptions {
  /// The chip must hold the network, for such inferences; empty: its tiles are all that is wanted.
  std::optional<mapper::InferenceMode> mapped_for{};
  /// Samples that calibrate the inputs, from the first one on; null: every input at full scale.
  const workloads::Dataset* calibration = nullptr;
  std::size_t calibration_samples = 0;
  int threads = 1;
  bool copies = true;  ///< mapper.copies, else one of every matrix; a saved mapping has its own
  /// What else of the network on its tiles is to be refused, or said, before anything long begins.
  std::function<void(const workloads::TiledNetwork&)> check{};
  WorkCache* cache = nullptr;  ///< of calibrations
};

/// Layers that have fewer copies than the design asks for, since they have fewer turns, with what to do; a sentence each.
std::vector<std::string> copy_warnings(const Design& design, const workloads::TiledNetwork& tiled);

/// The network as the design has it. The steps, in order: the design's rules for layers, the calibration data against the network, its Layout, a
/// mapping that shows whether the chip holds it, the caller's check, and then the only long one, the calibration. Throws UserError for rules that no
/// layer matches, data that do not fit, a network without a layer on tiles, (does_not_fit, failed_check) one that cannot be mapped, and as
/// workloads::calibrate.
workloads::TiledNetwork prepare(const Design& design, workloads::Network network, const PrepareOptions& options = {});

/// Throws UserError (does_not_fit, failed_check) where the chip does not hold the network for such inferences.
void check_fits_chip(const Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode);

}  // namespace mho::analysis
