#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

/// The learned input ranges of a matrix, one for each row part, if its tiles use static ranges; else null. Throws UserError if the network has them
/// for another number of row parts.
const std::vector<float>* learned_ranges(const TiledNetwork& tiled, const Matrix& matrix);

/// Computes input ranges (tile.input_range; learned ranges of the network replace them) and mean drives from the samples [first, first+count) in
/// float. Does not read an earlier calibration. `label`: text of the progress line; empty: none. Throws UserError for data that do not fit, and as
/// learned_ranges.
InputCalibration calibrate(const TiledNetwork& tiled, const Dataset& data, std::size_t first, std::size_t count, int threads,
                           const std::string& label = "calibrating");
/// Largest number of samples that a calibration reads (docs/model.md).
constexpr std::size_t calibration_limit = 1000;

}  // namespace mho::workloads
