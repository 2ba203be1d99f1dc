#pragma once

#include "tiles/layout.h"
#include "tiles/parameters.h"

namespace mho::analysis {

/// Seconds that the exact wires of a layout's tiles take here, measured on a part of the largest: every sign and slice of every block is solved again
/// for each of `readings` states of the conductances (one a time, and one for the reference of a measured drift compensation). 0 where wires are not
/// exact.
double exact_wire_seconds(const tiles::TileParameters& tile, const tiles::Layout& layout, std::size_t readings, int threads);

/// Readings of one programming at `times` ages.
std::size_t readings(const tiles::TileParameters& tile, std::size_t times);

/// Tells the user on standard error how long the exact wires will take, where that is more than a few seconds, and what makes it shorter.
void announce_wire_time(double seconds);

}  // namespace mho::analysis
