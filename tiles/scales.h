#pragma once

#include <span>
#include <vector>

#include "tiles/layout.h"
#include "tiles/parameters.h"

namespace mho::tiles {

/// gamma of every output of a block: the largest |w| of its column (or of the block, or 1), rounded to digital.scale_format.
/// `weights` is the whole matrix [outputs][matrix_inputs]. A column of zeros has gamma 1. Floating-point formats hold gamma / unit, where `unit` is
/// that of scale_unit: however large or small a matrix is, its scales fit; a column 2^24 times below its largest gets the smallest number of the
/// format. `outside`, where given, counts what does not fit.
std::vector<float> column_scales(const TileParameters& parameters, const Block& block, std::span<const float> weights, int matrix_inputs, float unit,
                                 periphery::OutsideFormat* outside = nullptr);

/// The power of two that the scales of a matrix are stored relative to: that of its largest |w|; 1 for zeros.
float scale_unit(std::span<const float> weights);

}  // namespace mho::tiles
