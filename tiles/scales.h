#pragma once

#include <span>
#include <vector>

#include "tiles/layout.h"
#include "tiles/parameters.h"

namespace mho::tiles {

/// gamma of every output of a block: the largest |w| of its column (or of the block, or 1), rounded to digital.scale_format.
/// `weights` is the whole matrix [outputs][matrix_inputs]. A column of zeros has gamma 1. Floating-point formats hold gamma / unit, where `unit` is
/// that of scale_unit: the scales of a matrix of any magnitude fit; a column 2^24 times below its largest gets the smallest number of the
/// format. `outside`, if given, counts the scales that do not fit.
std::vector<float> column_scales(const TileParameters& parameters, const Block& block, std::span<const float> weights, int matrix_inputs, float unit,
                                 periphery::OutsideFormat* outside = nullptr);

/// The power of two by which the scales of a matrix are divided in storage: that of its largest |w|; 1 for a matrix of zeros.
float scale_unit(std::span<const float> weights);

}  // namespace mho::tiles
