#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

/// The learned input ranges of one of the network's matrices, one for each row part, where its tiles use them; else null. Throws UserError where they
/// are for other parts.
const std::vector<float>* learned_ranges(const TiledNetwork& tiled, const Matrix& matrix);

/// Input ranges (tile.input_range, the network's learned ones where it has them) and mean drives from the samples [first, first+count) in float;
/// reads no earlier calibration. `label` of the progress line; empty: none. Throws UserError for data that do not fit, and as learned_ranges.
InputCalibration calibrate(const TiledNetwork& tiled, const Dataset& data, std::size_t first, std::size_t count, int threads,
                           const std::string& label = "calibrating");
/// Samples that a calibration reads where there are more (docs/model.md).
constexpr std::size_t calibration_limit = 1000;

}  // namespace mho::workloads
