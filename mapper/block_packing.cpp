#include "mapper/block_packing.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "base/index.h"
#include "mapper/demand.h"
#include "mapper/lowering/geometry.h"
#include "mapper/placement/place.h"
#include "mapper/placement/tile_packing.h"

namespace mho::mapper {

namespace {

using base::index;

/// Blocks of all copies whose tiles have the same settings, in the order of the Layout.
struct Pieces {
  TileRoom room;
  bool selected = false;  ///< blocks without common rows or columns can work at the same time
  std::vector<Piece> pieces;
  std::vector<std::pair<std::size_t, std::size_t>> blocks;  ///< matrix and number of its block
};

/// The pieces by settings of tiles.
std::map<int, Pieces> pieces_of(const tiles::Layout& all_layouts, const tiles::LayerTiles& tiles, const std::vector<MatrixDemand>& demands) {
  std::map<int, Pieces> all;
  for (std::size_t m = 0; m < all_layouts.matrices.size(); ++m) {
    const tiles::MatrixLayout& layout = all_layouts.matrices[m];
    const tiles::TileParameters& tile = tiles.of(layout.node);
    const auto demand = std::ranges::find(demands, layout.node, &MatrixDemand::name);
    Pieces& own = all[tiles.index(layout.node)];
    own.room = {.rows = tile.rows, .columns = tile.columns};
    own.selected = tile.block_selector;
    for (std::size_t b = 0; b < layout.all_blocks(); ++b) {
      const tiles::Block block = layout.block(b);
      Piece piece{.rows = block.inputs(), .columns = tile.columns_of(block.outputs()), .matrix = static_cast<int>(m), .copy = block.copy};
      if (demand != demands.end()) {
        const Share share{layout.copies, block.copy, layout.turn};
        piece.work = share.positions(static_cast<int>(demand->demand.positions)) * demand->demand.tile_time_s;
      }
      own.pieces.push_back(piece);
      own.blocks.emplace_back(m, b);
    }
  }
  return all;
}

/// Whether blocks fill tiles: of matrices without groups, and of matrices with groups, which are cut between groups.
struct SplitOfMatrices {
  bool filling = false, filling_groups = false;
};

/// Cuts the matrices again, with their present copies or one copy of each.
tiles::Layout cut(const workloads::TiledNetwork& tiled, const SplitOfMatrices& split, bool copies) {
  tiles::Layout layout;
  for (const tiles::MatrixLayout& before : tiled.layout.matrices) {
    const tiles::TileParameters& tile = tiled.tiles.of(before.node);
    const tiles::Cuts cuts{.filling = before.groups > 1 ? split.filling_groups : split.filling, .whole_groups = true};
    layout.matrices.push_back(
        tiles::default_layout(before.node, before.inputs, before.outputs, before.groups, tile.rows, tile.output_capacity(), layout.tiles, cuts));
    if (copies) {
      layout.matrices.back().copies = before.copies;
      layout.matrices.back().turn = before.turn;
    }
    layout.tiles += static_cast<int>(layout.matrices.back().all_blocks());
  }
  return layout;
}

/// Sets the places of blocks. Tiles are numbered in the order of their first blocks.
void take_places(tiles::Layout& layout, const std::map<int, Pieces>& all, const std::map<int, std::vector<Seat>>& seats) {
  for (tiles::MatrixLayout& matrix : layout.matrices) matrix.places.resize(matrix.all_blocks());
  std::map<std::pair<std::size_t, std::size_t>, std::pair<int, int>> tile_of;  // by block: settings and tile
  for (const auto& [settings, pieces] : all) {
    for (std::size_t i = 0; i < pieces.blocks.size(); ++i) {
      const Seat& seat = seats.at(settings)[i];
      const auto& [matrix, block] = pieces.blocks[i];
      layout.matrices[matrix].places[block] = {.tile = 0, .row = seat.row, .column = seat.column};
      tile_of[pieces.blocks[i]] = {settings, seat.tile};
    }
  }
  std::map<std::pair<int, int>, int> number;
  for (const auto& [block, tile] : tile_of) {
    const int own = number.emplace(tile, static_cast<int>(number.size())).first->second;
    layout.matrices[block.first].places[block.second].tile = own;
  }
  layout.tiles = static_cast<int>(number.size());
}

std::map<int, std::vector<Seat>> seats_of(const std::map<int, Pieces>& all, Arrange arrange, double most_work) {
  std::map<int, std::vector<Seat>> seats;
  for (const auto& [settings, pieces] : all) {
    TileRoom room = pieces.room;
    room.most_work = most_work;
    room.copies_apart = arrange == Arrange::rectangle || !pieces.selected;
    seats[settings] = pack_pieces(pieces.pieces, room, arrange);
  }
  return seats;
}

int tiles_in(const std::map<int, std::vector<Seat>>& seats) {
  int tiles = 0;
  for (const auto& [settings, of] : seats) tiles += tiles_of(of);
  return tiles;
}

/// Seats on at most `tiles` tiles with the least work of the busiest tile. If tiles suffice, no tile has more work than the largest block.
std::map<int, std::vector<Seat>> balanced_seats(const std::map<int, Pieces>& all, int tiles) {
  double busiest = 0, together = 0;
  for (const auto& [settings, pieces] : all) {
    for (const Piece& piece : pieces.pieces) {
      busiest = std::max(busiest, piece.work);
      together += piece.work;
    }
  }
  // Sums of the same numbers in another order differ in the last digits.
  constexpr double rounding = 1 + 1e-9;
  std::map<int, std::vector<Seat>> best = seats_of(all, Arrange::rectangle, busiest * rounding);
  if (tiles_in(best) <= tiles) return best;
  best = seats_of(all, Arrange::rectangle, std::numeric_limits<double>::infinity());
  double low = busiest, high = together;
  constexpr int halvings = 12;
  for (int i = 0; i < halvings; ++i) {
    const double middle = (low + high) / 2;
    std::map<int, std::vector<Seat>> seats = seats_of(all, Arrange::rectangle, middle * rounding);
    const bool enough = tiles_in(seats) <= tiles;
    (enough ? high : low) = middle;
    if (enough) best = std::move(seats);
  }
  return best;
}

std::map<int, std::vector<Seat>> seats_for(const std::map<int, Pieces>& all, PackingChoice::Kind kind, int tiles_of_chip) {
  const double unlimited = std::numeric_limits<double>::infinity();
  if (kind != PackingChoice::Kind::automatic)
    return seats_of(all, kind == PackingChoice::Kind::diagonal ? Arrange::diagonal : Arrange::rectangle, unlimited);
  std::map<int, std::vector<Seat>> balanced = balanced_seats(all, tiles_of_chip);
  if (!std::ranges::all_of(all, [](const auto& of) { return of.second.selected; })) return balanced;
  std::map<int, std::vector<Seat>> diagonal = seats_of(all, Arrange::diagonal, unlimited);
  return tiles_in(diagonal) <= tiles_in(balanced) ? diagonal : balanced;
}

}  // namespace

void pack_blocks(workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const PackingChoice& choice) {
  using Split = PackingChoice::Split;
  const bool packs = choice.kind != PackingChoice::Kind::none;
  if (!packs && choice.split != Split::filling) return;
  const std::vector<MatrixDemand> demands = matrix_demands(tiled, chip);
  const auto tiles_of_chip = static_cast<int>(snake(chip).size()) * chip.tiles_per_core;
  const auto laid_out = [&](const SplitOfMatrices& split, bool copies) {
    tiles::Layout layout = cut(tiled, split, copies);
    if (!packs) return layout;
    const std::map<int, Pieces> all = pieces_of(layout, tiled.tiles, demands);
    take_places(layout, all, seats_for(all, choice.kind, tiles_of_chip));
    return layout;
  };
  // The cut is chosen for one copy of each matrix, so that it does not depend on the number of copies.
  const SplitOfMatrices even{}, filling{true, true};
  SplitOfMatrices chosen = choice.split == Split::filling ? filling : even;
  if (choice.split == Split::automatic) {
    int fewest = laid_out(even, false).tiles;
    for (const SplitOfMatrices& other : {SplitOfMatrices{true, false}, SplitOfMatrices{false, true}, filling}) {
      const int tiles = laid_out(other, false).tiles;
      if (tiles >= fewest) continue;
      fewest = tiles;
      chosen = other;
    }
  }
  tiled.layout = laid_out(chosen, true);
  tiled.calibration = workloads::full_scale_inputs(tiled.layout);
}

PackedTiles packed_tiles(const workloads::TiledNetwork& tiled) {
  PackedTiles result{.tiles = tiled.layout.tiles};
  for (const auto& [settings, pieces] : pieces_of(tiled.layout, tiled.tiles, {})) {
    result.blocks += static_cast<int>(pieces.pieces.size());
    result.least_diagonal += least_tiles(pieces.pieces, pieces.room, Arrange::diagonal);
    result.least_rectangle += least_tiles(pieces.pieces, pieces.room, Arrange::rectangle);
  }
  return result;
}

}  // namespace mho::mapper
