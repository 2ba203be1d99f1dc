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
/// Whether the events on a chip and their times can depend on a key in addition to the time of a conversion. They do not depend on costs, the length
/// of links, noise, or the bits, bound, kind and deviations of output converters.
bool simulation_depends_on(std::string_view key);

/// The part of a Layout that accuracy depends on: block of each matrix, position in its tile, number of copies.
std::string layout_text(const tiles::Layout& layout);

/// For the float network's score over `count` samples from `first` on.
std::string float_score_depends_on(const workloads::Network& network, const workloads::Dataset& data, std::size_t first, std::size_t count);
/// For the network on its tiles, in addition to a calibration.
std::string tiles_depend_on(const Design& design, const workloads::TiledNetwork& tiled);
/// For a calibration with the first `samples` samples.
std::string calibration_depends_on(const Design& design, const workloads::TiledNetwork& tiled, const workloads::Dataset& data, std::size_t samples);
/// Whether the calibration of the inputs of a matrix can depend on a key of the tile, in addition to the division of its rows.
bool inputs_depend_on(std::string_view key);
/// For the calibration of the inputs of each matrix; empty for digital matrices. The inputs are those in the float network, so the settings of a
/// matrix do not affect the others.
std::vector<std::string> inputs_depend_on(const Design& design, const workloads::TiledNetwork& tiled, const workloads::Dataset& data,
                                          std::size_t samples);
/// For the scales of integer results between layers; empty for formats without scales.
std::string result_scales_depend_on(const workloads::TiledNetwork& tiled, const workloads::Dataset& data, std::size_t samples);
/// For an evaluation on tiles; `calibration`: the text of their calibration. `measured`: hash of measured conductances; empty: none.
std::string accuracy_depends_on(const Design& design, const workloads::TiledNetwork& tiled, const std::string& calibration,
                                const workloads::Dataset& data, const workloads::EvaluationOptions& options, const std::string& measured);
/// For a simulation or an estimate of a chip. `inferences`: requested number; 0: until steady state.
std::string simulation_depends_on(const Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode, int inferences,
                                  bool estimated);

}  // namespace mho::analysis
