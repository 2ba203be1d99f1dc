#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mho::mapper {

/// Demand of a matrix on tiles for one inference.
struct LayerDemand {
  std::int64_t positions = 0;  ///< products per inference
  std::int64_t tiles = 0;      ///< tiles of one copy
  double tile_time_s = 0;      ///< time between two products of a tile
  bool one_copy = false;       ///< only one copy is permitted: steps depend on each other or nodes share the matrix
};

/// Copies by layer. A copy serves ceil(positions / copies) positions of an inference at most.
struct CopyPlan {
  std::vector<std::int64_t> copies;
  std::int64_t tiles = 0;
  double interval_s = 0;  ///< of the slowest layer: the bound of the interval by tiles alone
};

/// One copy of each matrix. All three functions throw std::logic_error for demands without positions, tiles or time.
CopyPlan single_copies(std::span<const LayerDemand> layers);
/// The plan with the shortest interval for `tiles` tiles and, for this interval, the fewest tiles. An interval T needs at least the sum over layers
/// of ceil(positions / floor(T / time)) times the tiles of a copy, which falls with T. Bisection over the finite set of possible intervals is
/// therefore exact. Empty if one copy of each matrix needs more tiles.
std::optional<CopyPlan> fastest_copies(std::span<const LayerDemand> layers, std::int64_t tiles);
/// The plan with the fewest tiles for an interval of at most `interval_s`; empty if no number of copies reaches it.
std::optional<CopyPlan> fewest_tiles(std::span<const LayerDemand> layers, double interval_s);

}  // namespace mho::mapper
