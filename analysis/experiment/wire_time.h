#pragma once

#include "tiles/layout.h"
#include "tiles/parameters.h"

namespace mho::analysis {

/// Predicted seconds for solving the exact wires of a layout's tiles on this machine, measured on a part of the largest tile. Each sign and slice of
/// each block is solved for each of `readings` states of the conductances (one per time, and one for the reference of a measured drift compensation).
/// 0 if wires are not exact.
double exact_wire_seconds(const tiles::TileParameters& tile, const tiles::Layout& layout, std::size_t readings, int threads);

/// Number of readings of one programming instance at `times` ages.
std::size_t readings(const tiles::TileParameters& tile, std::size_t times);

/// Prints to standard error how long the exact wires will take, if it is more than a few seconds, and how to shorten it.
void announce_wire_time(double seconds);

}  // namespace mho::analysis
