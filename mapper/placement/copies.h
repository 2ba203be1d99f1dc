#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mho::mapper {

/// What a layer's matrix asks of the tiles for one inference.
struct LayerDemand {
  std::int64_t positions = 0;  ///< products of one copy
  std::int64_t tiles = 0;      ///< of one copy
  double tile_time_s = 0;      ///< between two products of a tile
  bool one_copy = false;       ///< steps wait for each other, so more copies are of no use
};

/// Copies by layer. A copy serves its share of the positions, so an inference keeps it for ceil(positions / copies) products.
struct CopyPlan {
  std::vector<std::int64_t> copies;
  std::int64_t tiles = 0;
  double interval_s = 0;  ///< of the slowest layer: a bound that tiles alone set
};

/// One copy of everything.
CopyPlan single_copies(std::span<const LayerDemand> layers);
/// The shortest interval that `tiles` tiles allow. For an interval T the fewest tiles are the sum over layers of ceil(positions / floor(T / time))
/// times the tiles of a copy, which falls as T grows: bisection over the finitely many intervals that differ is exact. Of the plans with this
/// interval the one with fewest tiles. Empty where one copy of everything takes more tiles. Demands without positions, tiles or time are a
/// std::logic_error.
std::optional<CopyPlan> fastest_copies(std::span<const LayerDemand> layers, std::int64_t tiles);
/// The fewest tiles for an interval of at most `interval_s`; empty where no number of copies reaches it.
std::optional<CopyPlan> fewest_tiles(std::span<const LayerDemand> layers, double interval_s);

}  // namespace mho::mapper
