#pragma once

#include <cstdint>
#include <functional>

#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::hw {

struct EstimateOptions {
  bool one_at_a_time = false;  ///< as SimulationOptions
  int patience = 40;           ///< inferences, as SimulationOptions
  /// Hears when units of a stage work for the first inference, in femtoseconds and in no order. Units: drivers, array, converters and output stage
  /// from 0 on; 0 of all other stages.
  std::function<void(int stage, int unit, std::int64_t begin, std::int64_t end)> hears_work{};
};

/// What the busiest unit or link works for an inference, credits not counted: no interval between inferences is shorter. Seconds.
double least_interval_s(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile);

/// What simulate() would answer, from a timed execution in place of a simulation in cycles: latency, interval, events, what waits for what. Packets
/// wait for each other where their ways meet, in routers with room for all that wait; no interval is shorter than the busiest link needs. Any number
/// of times in a process. Throws UserError: (usage) for what an estimate does not know, which are phases, power gating and multicast; (failed_check)
/// for a standstill.
SimulationResult estimate(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, const EstimateOptions& options = {});

}  // namespace mho::hw
