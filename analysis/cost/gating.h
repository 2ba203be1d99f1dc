#pragma once

#include <map>
#include <optional>
#include <vector>

#include "analysis/design/design.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"

namespace mho::analysis {

/// What the power gate of one router or core did in steady state.
struct GateUse {
  hw::GateActivity::Unit unit = hw::GateActivity::Unit::router;
  int number = 0;           ///< of the router; node of the core
  double gated_share = 0;   ///< 0..1 of the time
  double wakes = 0;         ///< per inference
  double not_leaked_j = 0;  ///< per inference: leakage that it did not take
  double switched_j = 0;    ///< per inference: what being gated and woken took
  [[nodiscard]] double saved_j() const { return not_leaked_j - switched_j; }
};

/// Power gating in an activity.
struct Gating {
  std::vector<GateUse> gates;  ///< as Activity::gates
  double not_leaked_j = 0;     ///< per inference, sums over gates
  double switched_j = 0;

  /// Mean over the gates of one kind; empty where there are none.
  [[nodiscard]] std::optional<GateUse> mean(hw::GateActivity::Unit unit) const;
};

/// Index in Program::settings of the tiles of each core that has one, by node.
std::map<int, int> settings_of_cores(const hw::Program& program);

/// Leakage of an analog core that its power gate cuts off, all but the residual share: the digital part and the converters. Its buffers keep what
/// they hold, and its weights need no supply.
base::Power gated_leakage(const Design& design, const tiles::TileParameters& tile);

/// What gates did in `activity`, which took `seconds` and in which `inferences` left; empty without power gating. Throws UserError (failed_check)
/// where a gate was closed for longer than that.
std::optional<Gating> gating(const Design& design, const hw::Program& program, const hw::Activity& activity, double seconds, double inferences);

}  // namespace mho::analysis
