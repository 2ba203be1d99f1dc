#pragma once

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// Enlarges buffers until the busiest unit or link sets the interval that hw::estimate finds. Edges first get what hw::held_positions says, then four
/// times as much where a producer still waits, as far as their consumers' cores have room; what does not shorten the interval is taken back. The
/// program must be placed, and its capacities must let it finish.
void grow_buffers(hw::Program& program, const hw::ChipParameters& chip, const tiles::TileParameters& tile);

}  // namespace mho::mapper
