#pragma once

#include <vector>

#include "tiles/tile_array.h"

namespace mho::tiles {

/// The streams of what is drawn for every product, at one evaluation time; one of each for every slice where slices draw for themselves.
struct TileArray::Draws {
  base::RandomStream input;
  base::RandomStream input_rounding;
  std::vector<base::RandomStream> read, output, output_rounding;
};

}  // namespace mho::tiles
