#include "mapper/placement/tile_packing.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "base/index.h"

namespace mho::mapper {

namespace {

using base::index;

/// A rectangle of a tile.
struct Area {
  int row = 0, column = 0, rows = 0, columns = 0;
  [[nodiscard]] int row_end() const { return row + rows; }
  [[nodiscard]] int column_end() const { return column + columns; }
  [[nodiscard]] bool holds(const Area& other) const {
    return row <= other.row && other.row_end() <= row_end() && column <= other.column && other.column_end() <= column_end();
  }
  [[nodiscard]] bool meets(const Area& other) const {
    return row < other.row_end() && other.row < row_end() && column < other.column_end() && other.column < column_end();
  }
};

/// The pieces on a tile and their work.
class Guests {
 public:
  [[nodiscard]] bool admits(const Piece& piece, const TileRoom& room) const {
    if (pieces_.empty()) return true;
    if (work_ + piece.work > room.most_work) return false;
    return !room.copies_apart ||
           std::ranges::none_of(pieces_, [&](const Piece* other) { return other->matrix == piece.matrix && other->copy != piece.copy; });
  }
  void add(const Piece& piece) {
    pieces_.push_back(&piece);
    work_ += piece.work;
  }

 private:
  std::vector<const Piece*> pieces_;
  double work_ = 0;
};

/// A tile whose blocks lie along its diagonal.
struct DiagonalTile {
  Guests guests;
  int rows = 0, columns = 0;  ///< occupied
};

/// A tile with its maximal free rectangles: every free rectangle is inside one of them.
struct RectangleTile {
  Guests guests;
  std::vector<Area> free;

  void take(const Area& area) {
    std::vector<Area> left;
    for (const Area& one : free) {
      if (!one.meets(area)) {
        left.push_back(one);
        continue;
      }
      if (area.row > one.row) left.push_back({one.row, one.column, area.row - one.row, one.columns});
      if (area.row_end() < one.row_end()) left.push_back({area.row_end(), one.column, one.row_end() - area.row_end(), one.columns});
      if (area.column > one.column) left.push_back({one.row, one.column, one.rows, area.column - one.column});
      if (area.column_end() < one.column_end()) left.push_back({one.row, area.column_end(), one.rows, one.column_end() - area.column_end()});
    }
    free.clear();
    for (std::size_t i = 0; i < left.size(); ++i) {
      bool inside = false;
      for (std::size_t k = 0; k < left.size() && !inside; ++k) inside = k != i && left[k].holds(left[i]) && (!left[i].holds(left[k]) || k < i);
      if (!inside) free.push_back(left[i]);
    }
  }
};

/// Orders in which pieces are placed, by five measures of size, the largest first.
constexpr int packing_orders = 5;
std::vector<std::size_t> ordered(std::span<const Piece> pieces, const TileRoom& room, int order) {
  const auto size = [&](const Piece& piece) {
    const double rows = static_cast<double>(piece.rows) / room.rows, columns = static_cast<double>(piece.columns) / room.columns;
    switch (order) {
      case 0:
        return std::pair(rows * columns, rows + columns);
      case 1:
        return std::pair(std::max(rows, columns), std::min(rows, columns));
      case 2:
        return std::pair(rows + columns, std::max(rows, columns));
      case 3:
        return std::pair(rows, columns);
      default:
        return std::pair(columns, rows);
    }
  };
  std::vector<std::size_t> numbers(pieces.size());
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  std::ranges::stable_sort(numbers, std::ranges::greater{}, [&](std::size_t piece) { return size(pieces[piece]); });
  return numbers;
}

std::vector<Seat> along_diagonal(std::span<const Piece> pieces, const TileRoom& room, const std::vector<std::size_t>& order, bool best_fit) {
  std::vector<DiagonalTile> tiles;
  std::vector<Seat> seats(pieces.size());
  for (const std::size_t number : order) {
    const Piece& piece = pieces[number];
    std::optional<std::size_t> chosen;
    double least = 0;
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      const DiagonalTile& tile = tiles[t];
      const int rows = room.rows - tile.rows - piece.rows, columns = room.columns - tile.columns - piece.columns;
      if (rows < 0 || columns < 0 || !tile.guests.admits(piece, room)) continue;
      // Best fit: the least remainder of the scarcer of rows and columns.
      const double left = std::min(static_cast<double>(rows) / room.rows, static_cast<double>(columns) / room.columns);
      if (chosen && left >= least) continue;
      chosen = t;
      least = left;
      if (!best_fit) break;
    }
    if (!chosen) {
      chosen = tiles.size();
      tiles.emplace_back();
    }
    DiagonalTile& tile = tiles[*chosen];
    seats[number] = {static_cast<int>(*chosen), tile.rows, tile.columns};
    tile.rows += piece.rows;
    tile.columns += piece.columns;
    tile.guests.add(piece);
  }
  return seats;
}

/// Misfit of a piece in a corner of a free rectangle; less is better.
constexpr int packing_fits = 4;
std::tuple<int, int, int> misfit(const Area& free, const Piece& piece, int fit, int tile) {
  const int rows = free.rows - piece.rows, columns = free.columns - piece.columns;
  switch (fit) {
    case 0:
      return {std::min(rows, columns), std::max(rows, columns), tile};
    case 1:
      return {free.rows * free.columns - piece.rows * piece.columns, std::min(rows, columns), tile};
    case 2:
      return {tile, free.row + piece.rows, free.column};
    default:
      return {tile, free.column + piece.columns, free.row};
  }
}

std::vector<Seat> as_rectangles(std::span<const Piece> pieces, const TileRoom& room, const std::vector<std::size_t>& order, int fit) {
  std::vector<RectangleTile> tiles;
  std::vector<Seat> seats(pieces.size());
  for (const std::size_t number : order) {
    const Piece& piece = pieces[number];
    std::optional<Seat> chosen;
    std::tuple<int, int, int> least;
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      if (!tiles[t].guests.admits(piece, room)) continue;
      for (const Area& free : tiles[t].free) {
        if (free.rows < piece.rows || free.columns < piece.columns) continue;
        const auto own = misfit(free, piece, fit, static_cast<int>(t));
        if (chosen && own >= least) continue;
        chosen = Seat{static_cast<int>(t), free.row, free.column};
        least = own;
      }
    }
    if (!chosen) {
      chosen = Seat{static_cast<int>(tiles.size()), 0, 0};
      tiles.emplace_back().free.push_back({0, 0, room.rows, room.columns});
    }
    RectangleTile& tile = tiles[index(chosen->tile)];
    tile.take({chosen->row, chosen->column, piece.rows, piece.columns});
    tile.guests.add(piece);
    seats[number] = *chosen;
  }
  return seats;
}

/// The dual feasible function of Fekete and Schepers, Math. Program. 91:11 (2001). A piece that leaves less than the limit counts as the whole side,
/// because only pieces smaller than the limit fit beside it, and these count as 0. Sums over pieces side by side never exceed the side.
int counted(int size, int side, int limit) { return size > side - limit ? side : size < limit ? 0 : size; }

/// The limits up to half of the side that can increase sums: the least from which each size counts as the whole side. Limit 0 changes no size.
std::vector<int> limits(std::span<const Piece> pieces, int side, int Piece::*size) {
  std::vector<int> all{0};
  for (const Piece& piece : pieces) {
    const int limit = side - piece.*size + 1;
    if (2 * limit <= side) all.push_back(limit);
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

/// Numbers tiles in the order of their first pieces.
void number_tiles(std::vector<Seat>& seats) {
  std::vector<int> number(seats.size(), -1);
  int next = 0;
  for (Seat& seat : seats) {
    int& own = number[index(seat.tile)];
    if (own < 0) own = next++;
    seat.tile = own;
  }
}

}  // namespace

int tiles_of(std::span<const Seat> seats) {
  int most = -1;
  for (const Seat& seat : seats) most = std::max(most, seat.tile);
  return most + 1;
}

std::vector<Seat> pack_pieces(std::span<const Piece> pieces, const TileRoom& room, Arrange arrange) {
  for (const Piece& piece : pieces) {
    const bool in_tile = piece.rows >= 1 && piece.columns >= 1 && piece.rows <= room.rows && piece.columns <= room.columns;
    if (!in_tile) throw std::logic_error("pack_pieces: a piece is larger than a tile");
  }
  std::vector<Seat> best;
  const int ways = arrange == Arrange::diagonal ? 2 : packing_fits;
  for (int order = 0; order < packing_orders; ++order) {
    const std::vector<std::size_t> numbers = ordered(pieces, room, order);
    for (int way = 0; way < ways; ++way) {
      std::vector<Seat> seats =
          arrange == Arrange::diagonal ? along_diagonal(pieces, room, numbers, way == 1) : as_rectangles(pieces, room, numbers, way);
      if (best.empty() || tiles_of(seats) < tiles_of(best)) best = std::move(seats);
    }
  }
  number_tiles(best);
  return best;
}

int least_tiles(std::span<const Piece> pieces, const TileRoom& room, Arrange arrange) {
  const auto up = [](std::int64_t all, std::int64_t each) { return static_cast<int>((all + each - 1) / each); };
  if (arrange == Arrange::diagonal) {
    std::int64_t rows = 0, columns = 0;
    for (const Piece& piece : pieces) {
      rows += piece.rows;
      columns += piece.columns;
    }
    return std::max(up(rows, room.rows), up(columns, room.columns));
  }
  const std::vector<int> row_limits = limits(pieces, room.rows, &Piece::rows), column_limits = limits(pieces, room.columns, &Piece::columns);
  int least = 0;
  for (const int row_limit : row_limits) {
    for (const int column_limit : column_limits) {
      std::int64_t cells = 0;
      for (const Piece& piece : pieces)
        cells += std::int64_t{counted(piece.rows, room.rows, row_limit)} * counted(piece.columns, room.columns, column_limit);
      least = std::max(least, up(cells, std::int64_t{room.rows} * room.columns));
    }
  }
  return least;
}

}  // namespace mho::mapper
