#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::hw {

/// When something comes and when it goes, in any unit of time.
struct Stay {
  std::int64_t from, to;
};

/// The largest number of stays at one time, when each repeats every `period` (above 0, unit of the stays). A stay that ends when another begins does
/// not overlap it.
int most_at_once(std::span<const Stay> stays, std::int64_t period);

/// The largest number of positions that each edge holds at one time, by edge of the program. A position is held from when it is sent until the credit
/// for it has come back. An inference begins every `interval_s` seconds (above 0), no stage works faster than that demands, and no buffer is ever
/// full. One inference is timed alone and repeated, so stages of different inferences do not wait for each other. The program must be one that
/// hw::estimate accepts.
std::vector<int> held_positions(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, double interval_s);

}  // namespace mho::hw
