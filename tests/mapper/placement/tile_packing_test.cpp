// Blocks on tiles: nothing overlaps, bounds hold, and lists of well-known networks take what is known to be possible.
#include "mapper/placement/tile_packing.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <stdexcept>

namespace mho::mapper::test {
namespace {

/// Paints every cell of every piece; false where one is painted twice, or beyond its tile. Along a diagonal rows and columns are painted too.
bool lies_well(const std::vector<Piece>& pieces, const std::vector<Seat>& seats, const TileRoom& room, Arrange arrange) {
  if (seats.size() != pieces.size()) return false;
  std::map<int, std::vector<std::vector<char>>> cells;
  std::map<int, std::vector<char>> rows, columns;
  for (std::size_t p = 0; p < pieces.size(); ++p) {
    auto& tile = cells[seats[p].tile];
    tile.resize(static_cast<std::size_t>(room.rows), std::vector<char>(static_cast<std::size_t>(room.columns), 0));
    auto &own_rows = rows[seats[p].tile], &own_columns = columns[seats[p].tile];
    own_rows.resize(static_cast<std::size_t>(room.rows));
    own_columns.resize(static_cast<std::size_t>(room.columns));
    if (seats[p].row < 0 || seats[p].column < 0 || seats[p].row + pieces[p].rows > room.rows || seats[p].column + pieces[p].columns > room.columns)
      return false;
    const auto row = static_cast<std::size_t>(seats[p].row), column = static_cast<std::size_t>(seats[p].column);
    for (std::size_t r = 0; r < static_cast<std::size_t>(pieces[p].rows); ++r) {
      for (std::size_t c = 0; c < static_cast<std::size_t>(pieces[p].columns); ++c) {
        if (tile[row + r][column + c] != 0) return false;
        tile[row + r][column + c] = 1;
      }
    }
    if (arrange == Arrange::rectangle) continue;
    for (std::size_t r = 0; r < static_cast<std::size_t>(pieces[p].rows); ++r) {
      if (std::exchange(own_rows[row + r], 1) != 0) return false;
    }
    for (std::size_t c = 0; c < static_cast<std::size_t>(pieces[p].columns); ++c) {
      if (std::exchange(own_columns[column + c], 1) != 0) return false;
    }
  }
  return true;
}

std::vector<Piece> random_pieces(std::mt19937& source, const TileRoom& room) {
  std::vector<Piece> pieces(1 + source() % 40);
  const int largest = 1 + static_cast<int>(source()) % 4;
  for (Piece& piece : pieces) {
    piece.rows = 1 + static_cast<int>(source() % static_cast<unsigned>(std::max(1, room.rows / std::max(1, largest))));
    piece.columns = 1 + static_cast<int>(source() % static_cast<unsigned>(std::max(1, room.columns / std::max(1, largest))));
    piece.work = 1.0 + static_cast<double>(source() % 5);
    piece.matrix = static_cast<int>(source() % 4);
    piece.copy = static_cast<int>(source() % 3);
  }
  return pieces;
}

TEST(TilePacking, RandomListsLieWellAndAboveTheirBounds) {
  std::mt19937 source(7);
  for (int trial = 0; trial < 300; ++trial) {
    const TileRoom room{.rows = 1 + static_cast<int>(source() % 60), .columns = 1 + static_cast<int>(source() % 60), .copies_apart = trial % 2 == 0};
    const std::vector<Piece> pieces = random_pieces(source, room);
    for (const Arrange arrange : {Arrange::diagonal, Arrange::rectangle}) {
      const std::vector<Seat> seats = pack_pieces(pieces, room, arrange);
      ASSERT_TRUE(lies_well(pieces, seats, room, arrange)) << trial;
      EXPECT_GE(tiles_of(seats), least_tiles(pieces, room, arrange));
      EXPECT_LE(tiles_of(seats), static_cast<int>(pieces.size()));
      std::set<int> used;
      for (const Seat& seat : seats) used.insert(seat.tile);
      EXPECT_EQ(static_cast<int>(used.size()), tiles_of(seats)) << "no tile is empty";
    }
  }
}

TEST(TilePacking, WorkAndCopiesAreKeptApart) {
  std::mt19937 source(11);
  for (int trial = 0; trial < 100; ++trial) {
    const TileRoom room{.rows = 40, .columns = 40, .most_work = 6};
    const std::vector<Piece> pieces = random_pieces(source, room);
    for (const Arrange arrange : {Arrange::diagonal, Arrange::rectangle}) {
      const std::vector<Seat> seats = pack_pieces(pieces, room, arrange);
      std::map<int, double> work;
      std::map<std::pair<int, int>, std::set<int>> copies;  // by tile and matrix
      for (std::size_t p = 0; p < pieces.size(); ++p) {
        work[seats[p].tile] += pieces[p].work;
        copies[{seats[p].tile, pieces[p].matrix}].insert(pieces[p].copy);
      }
      for (const auto& [tile, sum] : work) EXPECT_LE(sum, room.most_work);
      for (const auto& [place, of] : copies) EXPECT_EQ(of.size(), 1U);
    }
  }
}

TEST(TilePacking, APieceLargerThanATileIsADefect) {
  EXPECT_THROW((void)pack_pieces(std::vector<Piece>{{.rows = 9, .columns = 1}}, {.rows = 8, .columns = 8}, Arrange::diagonal), std::logic_error);
}

/// Four quarters and a whole: two tiles as rectangles; along the diagonal two quarters a tile.
TEST(TilePacking, ByHand) {
  const std::vector<Piece> pieces{{4, 4}, {4, 4}, {8, 8}, {4, 4}, {4, 4}};
  const TileRoom room{.rows = 8, .columns = 8};
  EXPECT_EQ(tiles_of(pack_pieces(pieces, room, Arrange::rectangle)), 2);
  EXPECT_EQ(tiles_of(pack_pieces(pieces, room, Arrange::diagonal)), 3);
  EXPECT_EQ(least_tiles(pieces, room, Arrange::rectangle), 2);
  EXPECT_EQ(least_tiles(pieces, room, Arrange::diagonal), 3);
  // Above a piece of 6 x 4 are two rows, too few for another: a tile holds two, although 120 cells are less than the 128 of two tiles. What fits
  // above does not change that.
  std::vector<Piece> tall(5, Piece{6, 4});
  EXPECT_EQ(least_tiles(tall, room, Arrange::rectangle), 3);
  EXPECT_EQ(tiles_of(pack_pieces(tall, room, Arrange::rectangle)), 3);
  tall.push_back({2, 4});
  EXPECT_EQ(least_tiles(tall, room, Arrange::rectangle), 3);
  EXPECT_EQ(least_tiles(std::vector<Piece>{{6, 4}, {6, 4}, {2, 4}, {2, 4}}, room, Arrange::rectangle), 1) << "64 cells, which fit";
}

/// Blocks of a matrix of `groups` on tiles of 512 x 512 that they fill.
void add_matrix(std::vector<Piece>& pieces, int inputs, int outputs, int groups = 1, bool filling = true) {
  constexpr int side = 512;
  const auto parts = [filling](int size, int most) {
    std::vector<int> list;
    const int count = (size + most - 1) / most;
    for (int p = 0; p < count; ++p) list.push_back(filling ? std::min(most, size - p * most) : size / count + (p < size % count ? 1 : 0));
    return list;
  };
  if (groups > 1) {
    for (const int each : parts(groups, std::min(side / (inputs / groups), side / (outputs / groups))))
      pieces.push_back({each * (inputs / groups), each * (outputs / groups)});
    return;
  }
  for (const int rows : parts(inputs, side)) {
    for (const int columns : parts(outputs, side)) pieces.push_back({rows, columns});
  }
}

std::vector<Piece> resnet_of_cifar(int blocks, bool filling) {
  std::vector<Piece> pieces;
  add_matrix(pieces, 27, 16, 1, filling);
  int channels = 16;
  for (const int width : {16, 32, 64}) {
    for (int b = 0; b < blocks; ++b) {
      if (width != channels) add_matrix(pieces, channels, width, 1, filling);
      add_matrix(pieces, 9 * channels, width, 1, filling);
      add_matrix(pieces, 9 * width, width, 1, filling);
      channels = width;
    }
  }
  add_matrix(pieces, 64, 10, 1, filling);
  return pieces;
}

/// Parts that fill tiles pack better than even ones, and as well as the bound.
TEST(TilePacking, SmallResnets) {
  const TileRoom room{.rows = 512, .columns = 512};
  const std::vector<Piece> filling = resnet_of_cifar(5, true), even = resnet_of_cifar(5, false);
  const int least = least_tiles(filling, room, Arrange::diagonal);
  EXPECT_LE(tiles_of(pack_pieces(filling, room, Arrange::diagonal)), 1.05 * least);
  EXPECT_GT(tiles_of(pack_pieces(even, room, Arrange::diagonal)), 1.2 * least);
  EXPECT_EQ(tiles_of(pack_pieces(filling, room, Arrange::rectangle)), 2);
}

/// Depthwise layers have nine rows for each column.
TEST(TilePacking, MobilenetV2) {
  struct Stage {
    int expansion, width, count;
  };
  constexpr Stage stages[] = {{1, 16, 1}, {6, 24, 2}, {6, 32, 3}, {6, 64, 4}, {6, 96, 3}, {6, 160, 3}, {6, 320, 1}};
  std::vector<Piece> pieces;
  add_matrix(pieces, 27, 32, 1, false);
  int channels = 32;
  for (const Stage& stage : stages) {
    for (int b = 0; b < stage.count; ++b) {
      const int hidden = channels * stage.expansion;
      if (stage.expansion > 1) add_matrix(pieces, channels, hidden, 1, false);
      add_matrix(pieces, 9 * hidden, hidden, hidden, true);
      add_matrix(pieces, hidden, stage.width, 1, false);
      channels = stage.width;
    }
  }
  add_matrix(pieces, 320, 1280, 1, false);
  add_matrix(pieces, 1280, 1000, 1, false);
  const TileRoom room{.rows = 512, .columns = 512};
  EXPECT_EQ(pieces.size(), 191U);
  EXPECT_EQ(least_tiles(pieces, room, Arrange::diagonal), 151);
  EXPECT_LE(tiles_of(pack_pieces(pieces, room, Arrange::diagonal)), 158);
}

}  // namespace
}  // namespace mho::mapper::test
