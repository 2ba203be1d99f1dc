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

/// Makes the design use the mapping in a file; its bytes count against `limit`. Throws as mapper::read_mapping.
void use_mapping(Design& design, const std::string& path, const base::InputLimit& limit);

/// The steps of prepare() that a caller needs.
struct PrepareOptions {
  /// Require that the chip holds the network for such inferences; empty: only the tiles are needed.
  std::optional<mapper::InferenceMode> mapped_for{};
  /// Data whose first samples calibrate the inputs; null: every input at full scale.
  const workloads::Dataset* calibration = nullptr;
  std::size_t calibration_samples = 0;
  int threads = 1;
  bool copies = true;  ///< use mapper.copies; false: one copy of every matrix. A saved mapping has its own copies
  /// A check by the caller that may refuse the network on its tiles, or print, before the long steps.
  std::function<void(const workloads::TiledNetwork&)> check{};
  WorkCache* cache = nullptr;  ///< cache of calibrations
};

/// One sentence for each layer that has fewer copies than the design asks for, because it has fewer turns, with advice.
std::vector<std::string> copy_warnings(const Design& design, const workloads::TiledNetwork& tiled);

/// The network on the tiles of the design. Steps, in order: the design's rules for layers, the check of calibration data against the network, the
/// Layout, a mapping that shows whether the chip holds the network, the caller's check, and the calibration, which is the only long step. Throws
/// UserError for rules that match no layer, data that do not fit, a network without a layer on tiles, a network that cannot be mapped (does_not_fit,
/// failed_check), and as workloads::calibrate.
workloads::TiledNetwork prepare(const Design& design, workloads::Network network, const PrepareOptions& options = {});

/// Throws UserError (does_not_fit, failed_check) if the chip cannot hold the network for such inferences.
void check_fits_chip(const Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode);

}  // namespace mho::analysis
