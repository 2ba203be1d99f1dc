#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "mapper/demand.h"
#include "workloads/execution/tiled_network.h"

namespace mho::analysis {

/// A number of tiles, and the shortest interval that copies of matrices reach on it; without a plan one copy of everything does not fit.
struct TileBudget {
  std::string name;
  std::int64_t tiles = 0;
  std::optional<mapper::CopyPlan> plan;
};

/// What tiles alone allow a network; digital units, network, ports and buffers may set longer intervals.
struct TileBounds {
  std::vector<mapper::MatrixDemand> matrices;
  std::vector<TileBudget> budgets;         ///< one copy, this chip, 1.5, 2 and 4 times the tiles of one copy
  std::optional<mapper::CopyPlan> wanted;  ///< the fewest tiles for the throughput that is asked for; empty where none is, or none reaches it
};

TileBounds tile_bounds(const Design& design, const workloads::TiledNetwork& tiled, std::optional<double> throughput_per_s);

}  // namespace mho::analysis
