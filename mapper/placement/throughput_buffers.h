#pragma once

#include <optional>

#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// Enlarges buffers until the busiest unit or link sets the interval that hw::estimate finds. Edges first get what hw::held_positions says, then four
/// times as much where a producer still waits, as far as their consumers' cores have room; what does not shorten the interval is taken back. The
/// program must be placed, and its capacities must let it finish. Returns what hw::estimate says of the program in the end, where that has settled.
std::optional<hw::SimulationResult> grow_buffers(hw::Program& program, const hw::ChipParameters& chip, const tiles::TileParameters& tile);

}  // namespace mho::mapper
