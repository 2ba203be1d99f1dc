#pragma once

#include <cstdint>
#include <vector>

#include "mapper/placement/placement_problem.h"

namespace mho::mapper {

struct AnnealingOptions {
  std::uint64_t seed = 1;
  bool free_kinds = false;  ///< digital cores may move to any node without a port; else each node keeps its kind of core
};

struct AnnealedPlacement {
  std::vector<int> nodes;          ///< by unit
  std::vector<int> digital_nodes;  ///< nodes with a digital core, ascending; those of the chip unless free_kinds
};

/// Simulated annealing of the traffic, from the nodes in `problem`. The result never has more traffic than the start, and no digital core exceeds the
/// problem's limits. The same problem and seed give the same nodes on every machine.
AnnealedPlacement anneal(const PlacementProblem& problem, const hw::ChipParameters& chip, const AnnealingOptions& options);

}  // namespace mho::mapper
