#pragma once

#include <cstdint>
#include <span>

#include "hw/estimate/timed_network.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::hw {

/// Events of `inferences` inferences: what every position takes, times positions; packets along their ways. `credits`: packets of credits by edge, in
/// all. Waits are not known here.
Activity expected_activity(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, const TimedNetwork& network,
                           std::int64_t inferences, std::span<const std::uint64_t> credits);

}  // namespace mho::hw
