#pragma once

#include <optional>
#include <vector>

#include "hw/chip/observer.h"
#include "hw/program/activity.h"
#include "hw/program/functional_interface.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::hw {

struct SimulationOptions {
  std::optional<int> inferences{};            ///< number of inferences back to back, at least 2; empty: until their intervals settle
  int patience = 40;                          ///< inferences, at least 2, after which intervals that have not settled are used as they are
  bool single_only = false;                   ///< simulates one inference only, without a steady state
  bool one_at_a_time = false;                 ///< an inference begins when the previous one has left, as a token that depends on the previous one
  Observer* observer = nullptr;               ///< receives the events of single and steady
  FunctionalInterface* functional = nullptr;  ///< computation of the stages; null: only times and events
  std::vector<PacketFault> faults{};          ///< applied only with a functional
};

/// Simulates `program` cycle by cycle (SystemC): first one inference alone, then inferences back to back. Only one call per process: SystemC keeps
/// global state, and a second call throws std::logic_error. Throws UserError: failed_check on a deadlock, with the list of what each stage waits for,
/// or an imbalance; does_not_fit if simulated time leaves its range. Throws Interrupted after Ctrl-C. Part of the target mho_sim; this header does
/// not include SystemC.
SimulationResult simulate(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile,
                          const SimulationOptions& options = {});

}  // namespace mho::hw
