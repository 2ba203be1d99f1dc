#pragma once

#include <optional>

#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// Enlarges buffers until the busiest unit or link sets the interval of hw::estimate, as far as cores and link memories have space. Edges first get
/// the positions of hw::held_positions, then four times their capacity if a producer still waits. Growth that does not shorten the interval is
/// reverted. The program must be placed and must finish with its capacities. Returns the result of hw::estimate for the final program if it has
/// settled.
std::optional<hw::SimulationResult> grow_buffers(hw::Program& program, const hw::ChipParameters& chip, const tiles::TileParameters& tile);

}  // namespace mho::mapper
