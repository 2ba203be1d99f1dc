#pragma once

#include <cstdint>
#include <vector>

#include "mapper/placement/placement_problem.h"

namespace mho::mapper {

/// The least sum of one entry a row, no two of them in the same column; rows <= columns. By shortest augmenting paths (Jonker and Volgenant,
/// Computing 38, 1987), O(rows^2 columns). `costs`: row by row, each of `columns` entries.
std::int64_t least_assignment(const std::vector<std::int64_t>& costs, std::size_t columns);

/// No placement on these cores has less traffic, whatever may stand where and however much a digital core holds: the bound of Gilmore (J. SIAM 10,
/// 1962) and Lawler (Management Science 9, 1963) of the quadratic assignment. At a node a unit costs at least what its flows cost when the largest
/// goes to the nearest core, and so on; digital stages may all share the nearest digital core. Units of analog cores get nodes of their own at the
/// least sum of that.
std::int64_t traffic_bound(const PlacementProblem& problem, const hw::ChipParameters& chip);

}  // namespace mho::mapper
