#pragma once

#include <cstdint>
#include <vector>

#include "mapper/placement/placement_problem.h"

namespace mho::mapper {

/// The smallest sum of one entry per row, with no two in one column (linear assignment); rows <= columns. Uses shortest augmenting paths (Jonker and
/// Volgenant, Computing 38, 1987), O(rows^2 columns). `costs`: [rows][columns].
std::int64_t least_assignment(const std::vector<std::int64_t>& costs, std::size_t columns);

/// Lower bound of the traffic of any placement on these cores, with unlimited digital cores: the bound of Gilmore (J. SIAM 10, 1962) and Lawler
/// (Management Science 9, 1963) for the quadratic assignment problem. The least cost of a unit at a node pairs its largest flow with the nearest
/// core, and so on; all digital stages may share the nearest digital core. A linear assignment then gives units of analog cores distinct nodes with
/// the smallest sum of these costs.
std::int64_t traffic_bound(const PlacementProblem& problem, const hw::ChipParameters& chip);

}  // namespace mho::mapper
