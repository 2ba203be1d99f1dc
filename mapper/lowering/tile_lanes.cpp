#include "mapper/lowering/tile_lanes.h"

#include <vector>

namespace mho::mapper {

namespace {

/// Rows and columns that a block occupies, and its lane.
struct LaneBlock {
  BlockKey key;
  int rows = 0, columns = 0, lane = 0;
  [[nodiscard]] bool meets(const LaneBlock& other) const {
    const auto common = [](int begin, int size, int other_begin, int other_size) {
      return begin < other_begin + other_size && other_begin < begin + size;
    };
    return common(key[1], rows, other.key[1], other.rows) || common(key[2], columns, other.key[2], other.columns);
  }
};

}  // namespace

std::map<BlockKey, int> tile_lanes(const tiles::Layout& layout, const tiles::LayerTiles& tiles) {
  std::map<int, std::vector<LaneBlock>> by_tile;
  for (const tiles::MatrixLayout& matrix : layout.matrices) {
    const tiles::TileParameters& tile = tiles.of(matrix.node);
    if (matrix.places.empty() || !tile.block_selector) continue;
    for (std::size_t b = 0; b < matrix.all_blocks(); ++b) {
      const tiles::Block block = matrix.block(b);
      by_tile[block.tile].push_back({{block.tile, block.tile_row, block.tile_column}, block.inputs(), tile.columns_of(block.outputs())});
    }
  }
  std::map<BlockKey, int> lanes;
  for (auto& [tile, blocks] : by_tile) {
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      blocks[b].lane = static_cast<int>(b);
      for (std::size_t other = 0; other < b; ++other) {
        if (!blocks[b].meets(blocks[other]) || blocks[b].lane == blocks[other].lane) continue;
        // Merges the lanes of both.
        const int from = blocks[other].lane, to = blocks[b].lane;
        for (LaneBlock& each : blocks) {
          if (&each != &blocks[b] && each.lane == from) each.lane = to;
        }
      }
    }
    for (const LaneBlock& block : blocks) lanes[block.key] = block.lane;
  }
  return lanes;
}

}  // namespace mho::mapper
