#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::hw {

/// Begin and end of a stay, in any unit of time.
struct Stay {
  std::int64_t from, to;
};

/// The largest number of simultaneous stays if each stay repeats every `period` (> 0, in the unit of the stays). A stay that ends when another begins
/// does not overlap it.
int most_at_once(std::span<const Stay> stays, std::int64_t period);

/// The largest number of positions that each edge holds at one time, by edge of the program. An edge holds a position from its sending until its
/// credit has returned. Assumptions: an inference begins every `interval_s` seconds (> 0), stages work no faster than this interval requires, and
/// buffers are never full. One inference is timed alone and repeated, so inferences do not wait for each other. hw::estimate must accept the program.
std::vector<int> held_positions(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, double interval_s);

}  // namespace mho::hw
