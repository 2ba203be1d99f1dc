#pragma once

#include <cstdint>
#include <functional>

#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::hw {

struct EstimateOptions {
  bool one_at_a_time = false;  ///< see SimulationOptions
  bool single_only = false;    ///< see SimulationOptions
  int patience = 40;           ///< inferences, see SimulationOptions
  /// Called for each period of work of a unit in the first inference, with times in fs, in no particular order. `unit`: 0 drivers, 1 array, 2
  /// converters, 3 output stage; 0 for all other stages.
  std::function<void(int stage, int unit, std::int64_t begin, std::int64_t end)> hears_work{};
};

/// Time in s that the busiest unit or link works for one inference, without credits: a lower bound of the interval between inferences.
double least_interval_s(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile);

/// Estimates the result of simulate() with a timed execution: latency, interval, events and waits. Packets wait for each other on links that routes
/// share (timed_network.h). The interval is never below the work of the busiest unit or link. May be called any number of times in a process. Throws
/// UserError: (usage) for a program with phases, power gating or multicast, which are not modelled; (failed_check) for a deadlock.
SimulationResult estimate(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, const EstimateOptions& options = {});

}  // namespace mho::hw
