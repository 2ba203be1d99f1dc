#pragma once

#include <limits>
#include <span>
#include <vector>

namespace mho::mapper {

/// How blocks that share a tile lie on it.
enum class Arrange {
  diagonal,  ///< no two have a row or a column in common
  rectangle  ///< no two have a cell in common
};

/// A block that is to lie somewhere on a tile. Sizes in rows and columns of the array.
struct Piece {
  int rows = 0, columns = 0;
  double work = 0;  ///< time for which an inference keeps the tile
  int matrix = 0;   ///< copies of one matrix would wait for each other on a tile, so they never share one
  int copy = 0;
};

/// Where a piece lies: the tile, from 0, and its first row and column.
struct Seat {
  int tile = 0;
  int row = 0, column = 0;
};

/// What tiles there are for pieces.
struct TileRoom {
  int rows = 0, columns = 0;
  /// Most work of the pieces of a tile that holds more than one.
  double most_work = std::numeric_limits<double>::infinity();
  bool copies_apart = true;  ///< see Piece::matrix
};

/// A seat for every piece, on few tiles: the best of several heuristics (first fit and best fit of a vector along the diagonal, Jylaenki's maximal
/// rectangles), the same on every machine. A piece that is larger than a tile is a std::logic_error.
std::vector<Seat> pack_pieces(std::span<const Piece> pieces, const TileRoom& room, Arrange arrange);

/// No arrangement takes fewer tiles: max(ceil(sum of rows / rows), ceil(sum of columns / columns)) along the diagonal, ceil(cells / cells of a tile)
/// for rectangles, whatever the work. What a piece leaves free of its rows or columns counts as taken where only pieces would fit that are then not
/// counted (Fekete and Schepers, 2001); the largest of these bounds holds.
int least_tiles(std::span<const Piece> pieces, const TileRoom& room, Arrange arrange);

/// Tiles that seats name.
int tiles_of(std::span<const Seat> seats);

}  // namespace mho::mapper
