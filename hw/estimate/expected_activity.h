#pragma once

#include <cstdint>
#include <span>

#include "hw/estimate/timed_network.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::hw {

/// Activity of `inferences` inferences: the events of each position times the positions, and packets along their routes. `credits`: total packets of
/// credits by edge. Waits stay 0.
Activity expected_activity(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, const TimedNetwork& network,
                           std::int64_t inferences, std::span<const std::uint64_t> credits);

}  // namespace mho::hw
