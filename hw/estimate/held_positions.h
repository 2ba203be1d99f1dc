#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::hw {

/// From when to when something is there.
struct Stay {
  std::int64_t from, to;
};

/// Most stays at a time, each of which comes again every `period`. Who goes makes room for who comes.
int most_at_once(std::span<const Stay> stays, std::int64_t period);

/// Positions of each edge that are on their way, in its consumer's buffer, or whose credits are on their way back, at most, where an inference comes
/// every `interval_s` and no stage is faster than that asks. Every inference runs as one does alone, so what several stages take turns for is seen
/// within an inference only. Of what hw::estimate knows.
std::vector<int> held_positions(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, double interval_s);

}  // namespace mho::hw
