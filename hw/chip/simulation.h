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
  std::optional<int> inferences{};            ///< so many back to back; none: until their intervals settle
  int patience = 40;                          ///< inferences that leave before intervals that do not settle are taken as they are
  bool single_only = false;                   ///< ends when the first inference has left: there is no steady state
  bool one_at_a_time = false;                 ///< an inference begins when the one before has left, as a token does that depends on it
  Observer* observer = nullptr;               ///< hears everything, of both phases
  FunctionalInterface* functional = nullptr;  ///< what the stages compute; null: time and events alone
  std::vector<PacketFault> faults{};          ///< with a functional
};

/// Runs `program` cycle by cycle (SystemC): first one inference alone, then back to back. One call per process (SystemC keeps global state; a second
/// call throws std::logic_error). Throws UserError with code failed_check on deadlock or starvation, saying who waits for whom, and when simulated
/// time would leave its range; Interrupted on Ctrl-C. Lives in the target mho_sim; this header includes no SystemC.
SimulationResult simulate(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile,
                          const SimulationOptions& options = {});

}  // namespace mho::hw
