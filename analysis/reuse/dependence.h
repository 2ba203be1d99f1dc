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

/// What parts of an experiment depend on, as text: equal texts have equal results. All hold the version of mho and the network.

/// Whether accuracy, and a calibration, can depend on a key beyond the Layout. They do not depend on the mesh, the placement, times and costs.
bool accuracy_depends_on(std::string_view key);
/// Whether what happens on a chip, and when, can depend on a key. Energies and leakages do not.
bool simulation_depends_on(std::string_view key);

/// Which part of which matrix lies where in a tile, and how many copies there are: what accuracy depends on of a Layout.
std::string layout_text(const tiles::Layout& layout);

/// Of the float network's score over `count` samples from `first` on.
std::string float_score_depends_on(const workloads::Network& network, const workloads::Dataset& data, std::size_t first, std::size_t count);
/// Of a calibration with the first `samples` samples.
std::string calibration_depends_on(const Design& design, const workloads::TiledNetwork& tiled, const workloads::Dataset& data, std::size_t samples);
/// Of an evaluation on tiles that were calibrated so. `measured`: hash of measured conductances; empty: none.
std::string accuracy_depends_on(const Design& design, const workloads::TiledNetwork& tiled, const std::string& calibration,
                                const workloads::Dataset& data, const workloads::EvaluationOptions& options, const std::string& measured);
/// Of a chip that was simulated, or estimated. `inferences`: how many were asked for, 0: until they settle.
std::string simulation_depends_on(const Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode, int inferences,
                                  bool estimated);

}  // namespace mho::analysis
