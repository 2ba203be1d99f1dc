#pragma once

#include <span>
#include <vector>

#include "tiles/layout.h"
#include "tiles/parameters.h"

namespace mho::tiles {

/// gamma of every output of a block: the largest |w| of its column (or of the block, or 1), rounded to digital.scale_format.
/// `weights` is the whole matrix [outputs][matrix_inputs]. A column of zeros has gamma 1.
std::vector<float> column_scales(const TileParameters& parameters, const Block& block, std::span<const float> weights, int matrix_inputs);

}  // namespace mho::tiles
