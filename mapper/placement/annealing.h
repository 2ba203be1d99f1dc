#pragma once

#include <cstdint>
#include <vector>

#include "mapper/placement/placement_problem.h"

namespace mho::mapper {

struct AnnealingOptions {
  std::uint64_t seed = 1;
  bool free_kinds = false;  ///< digital cores may go to any node without a port, else each node keeps its kind
};

struct AnnealedPlacement {
  std::vector<int> nodes;          ///< by unit
  std::vector<int> digital_nodes;  ///< with a digital core, ascending: those of the chip unless kinds are free
};

/// Where units stand after simulated annealing of the traffic from where they are; never with more traffic than there. No digital core gets more than
/// the problem's limits. The same problem and seed give the same nodes on every machine.
AnnealedPlacement anneal(const PlacementProblem& problem, const hw::ChipParameters& chip, const AnnealingOptions& options);

}  // namespace mho::mapper
