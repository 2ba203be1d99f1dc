#pragma once

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// Gives edges whose producers wait for room more of what their consumers' cores have left, as long as that shortens the interval that hw::estimate
/// finds, until the busiest unit or link sets it; then takes back what is of no use. Of a placed program whose capacities let it finish.
void grow_buffers(hw::Program& program, const hw::ChipParameters& chip, const tiles::TileParameters& tile);

}  // namespace mho::mapper
