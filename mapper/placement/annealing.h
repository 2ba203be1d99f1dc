#pragma once

#include <cstdint>
#include <vector>

#include "mapper/placement/placement_problem.h"

namespace mho::mapper {

struct AnnealingOptions {
  std::uint64_t seed = 1;
  bool free_kinds = false;  ///< digital cores may go to any node without a port, else each node keeps its kind
};

/// By unit: the node where it stands after simulated annealing of the traffic from where the units are; never with more traffic than there. No
/// digital core gets more than the problem's limits. The same problem and seed give the same nodes on every machine.
std::vector<int> anneal(const PlacementProblem& problem, const hw::ChipParameters& chip, const AnnealingOptions& options);

}  // namespace mho::mapper
