#pragma once

#include <array>
#include <map>

#include "tiles/layer_tiles.h"
#include "tiles/layout.h"

namespace mho::mapper {

/// Tile, and first row and column on it.
using BlockKey = std::array<int, 3>;

/// Lanes of blocks, see hw::MvmWork::lane: where selectors cut off what lies outside of blocks, those of a tile that have rows or columns in common,
/// be it over others, are in one. A block that is not listed is in lane 0.
std::map<BlockKey, int> tile_lanes(const tiles::Layout& layout, const tiles::LayerTiles& tiles);

}  // namespace mho::mapper
