#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/design/design.h"
#include "mapper/lowering/inference_mode.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/evaluation.h"
#include "workloads/execution/tiled_network.h"

namespace mho::analysis {

/// Text of everything that a part of an experiment depends on: equal texts have equal results. Each contains the version of mho and the network.

/// Whether accuracy and calibration can depend on a key in addition to the Layout. They do not depend on the mesh, placement, times and costs.
bool accuracy_depends_on(std::string_view key);
/// Whether the events on a chip and their times can depend on a key in addition to the time of a conversion. They do not depend on energies,
/// leakages, noise, and the bits of converters.
bool simulation_depends_on(std::string_view key);

/// The part of a Layout that accuracy depends on: block of each matrix, position in its tile, number of copies.
std::string layout_text(const tiles::Layout& layout);

/// For the float network's score over `count` samples from `first` on.
std::string float_score_depends_on(const workloads::Network& network, const workloads::Dataset& data, std::size_t first, std::size_t count);
/// For a calibration with the first `samples` samples.
std::string calibration_depends_on(const Design& design, const workloads::TiledNetwork& tiled, const workloads::Dataset& data, std::size_t samples);
/// For an evaluation on tiles; `calibration`: the text of their calibration. `measured`: hash of measured conductances; empty: none.
std::string accuracy_depends_on(const Design& design, const workloads::TiledNetwork& tiled, const std::string& calibration,
                                const workloads::Dataset& data, const workloads::EvaluationOptions& options, const std::string& measured);
/// For a simulation or an estimate of a chip. `inferences`: requested number; 0: until steady state.
std::string simulation_depends_on(const Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode, int inferences,
                                  bool estimated);

}  // namespace mho::analysis
