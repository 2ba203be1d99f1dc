#pragma once

#include <limits>
#include <span>
#include <vector>

namespace mho::mapper {

/// Arrangement of blocks on a shared tile.
enum class Arrange {
  diagonal,  ///< blocks have no row or column in common
  rectangle  ///< blocks have no cell in common
};

/// A block to be packed. Sizes in rows and columns of the array.
struct Piece {
  int rows = 0, columns = 0;
  double work = 0;  ///< time in s that it occupies its tile per inference
  int matrix = 0;   ///< copies of one matrix on a tile would wait for each other, so with TileRoom::copies_apart they never share one
  int copy = 0;
};

/// Place of a piece: number of the tile, from 0, and its first row and column.
struct Seat {
  int tile = 0;
  int row = 0, column = 0;
};

/// Size and limits of tiles.
struct TileRoom {
  int rows = 0, columns = 0;
  /// Largest total work of a tile with more than one piece.
  double most_work = std::numeric_limits<double>::infinity();
  bool copies_apart = true;  ///< see Piece::matrix
};

/// A seat for every piece, on few tiles: the best of several heuristics (diagonal: first fit and best fit of vectors; rectangle: Jylaenki's maximal
/// rectangles). The result is the same on every machine. Throws std::logic_error for a piece that is larger than a tile.
std::vector<Seat> pack_pieces(std::span<const Piece> pieces, const TileRoom& room, Arrange arrange);

/// Lower bound of the number of tiles, for any work. Diagonal: max(ceil(sum of rows / rows), ceil(sum of columns / columns)). Rectangle: ceil(cells /
/// cells of a tile), and the same with the dual feasible functions of Fekete and Schepers (Math. Program. 91:11, 2001), which count large pieces as
/// whole sides and small ones not at all; the largest bound is returned.
int least_tiles(std::span<const Piece> pieces, const TileRoom& room, Arrange arrange);

/// The number of tiles that `seats` use.
int tiles_of(std::span<const Seat> seats);

}  // namespace mho::mapper
