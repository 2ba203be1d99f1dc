#pragma once

#include <array>
#include <map>

#include "tiles/layer_tiles.h"
#include "tiles/layout.h"

namespace mho::mapper {

/// Tile, and first row and column of a block on it.
using BlockKey = std::array<int, 3>;

/// Lanes of blocks, see hw::MvmWork::lane. On tiles with block selectors, blocks with common rows or columns, directly or through other blocks, are
/// in one lane. Blocks that are not listed are in lane 0.
std::map<BlockKey, int> tile_lanes(const tiles::Layout& layout, const tiles::LayerTiles& tiles);

}  // namespace mho::mapper
