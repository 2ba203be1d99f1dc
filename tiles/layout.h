#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mho::tiles {

/// One part of a weight matrix on one logical tile. Ranges are half open.
struct Block {
  int row_part = 0;                         ///< index of the part along the inputs
  int column_part = 0;                      ///< index of the part along the outputs
  int input_begin = 0, input_end = 0;       ///< rows of the tile (word lines)
  int output_begin = 0, output_end = 0;     ///< columns of the tile (bit lines)
  int tile = 0;                             ///< logical tile, unique over the Layout
  int tile_row = 0;                         ///< first row occupied inside the tile
  int tile_column = 0;                      ///< first column of the array occupied inside the tile
  int copy = 0;                             ///< of its matrix
  int group_inputs = 0, group_outputs = 0;  ///< of one group of a block-diagonal matrix; 0 for other matrices. Set by MatrixLayout::block
  [[nodiscard]] int inputs() const { return input_end - input_begin; }
  [[nodiscard]] int outputs() const { return output_end - output_begin; }
  /// Whether cell (input, output), counted from the block's first cell, may hold a weight; cells between groups hold none.
  [[nodiscard]] bool holds(int input, int output) const {
    return group_inputs == 0 || (input_begin + input) / group_inputs == (output_begin + output) / group_outputs;
  }
};

/// Place of a block: its logical tile, and its first row and column in the array.
struct BlockPlace {
  int tile = 0;
  int row = 0, column = 0;
};

/// How one weight matrix [outputs][inputs] lies on tiles. Block-diagonal matrices (grouped convolutions) skip blocks without weights.
struct MatrixLayout {
  std::string node;  ///< name of the network node that owns the matrix
  int inputs = 0;
  int outputs = 0;
  int groups = 1;
  int row_parts = 1;
  int column_parts = 1;
  int copies = 1;             ///< copies of the whole matrix, programmed separately, that serve the output positions in turn
  int turn = 1;               ///< successive positions that a copy serves before the next one does
  std::vector<Block> blocks;  ///< blocks of the first copy; those of other copies are on further tiles
  /// By number of block(), if blocks share tiles; empty: each block has its own tile and begins at row 0 and column 0.
  std::vector<BlockPlace> places{};
  /// Block number `index` of all copies, copy by copy.
  [[nodiscard]] Block block(std::size_t index) const;
  [[nodiscard]] std::size_t all_blocks() const { return blocks.size() * static_cast<std::size_t>(copies); }
  /// The copy that serves output position `position`.
  [[nodiscard]] int copy_of(std::uint32_t position) const {
    return copies == 1 ? 0 : static_cast<int>(position / static_cast<std::uint32_t>(turn) % static_cast<std::uint32_t>(copies));
  }
};

/// Places of all weight matrices of a network. One run has one Layout; accuracy and chip both read it.
struct Layout {
  std::vector<MatrixLayout> matrices;
  int tiles = 0;  ///< logical tiles used
  /// Throws std::out_of_range for a node without a matrix.
  [[nodiscard]] const MatrixLayout& of(const std::string& node) const;
  /// Whether blocks share tiles.
  [[nodiscard]] bool packed() const;
  /// Renumbers the tiles of all copies, matrix by matrix; each block gets its own tile.
  void renumber();
};

/// How a matrix larger than a tile is split.
struct Cuts {
  bool filling = false;  ///< parts that fill tiles and a last part with the rest; else parts of nearly equal size
  bool whole_groups =
      false;  ///< split block-diagonal matrices between their groups if a group fits a tile, so that no block has rows for other columns
};

/// The fewest parts of nearly equal size (784 over 512 -> 392 + 392), one block per tile, one copy; numbers tiles from `first_tile`.
/// Other splits have equally few parts along each side; with whole groups, equally few blocks.
MatrixLayout default_layout(const std::string& node, int inputs, int outputs, int groups, int tile_rows, int tile_columns, int first_tile,
                            const Cuts& cuts = {});

}  // namespace mho::tiles
