#pragma once

#include <optional>
#include <vector>

#include "analysis/cost/inventory.h"
#include "hw/program/activity.h"
#include "hw/spec/parameters.h"

namespace mho::analysis {

/// What the power gate of one router or core did in steady state.
struct GateUse {
  hw::GateActivity::Unit unit = hw::GateActivity::Unit::router;
  int number = 0;           ///< of the router; node of the core
  double gated_share = 0;   ///< 0..1 of the time
  double wakes = 0;         ///< per inference
  double not_leaked_j = 0;  ///< per inference: leakage that was not consumed while gated
  double switched_j = 0;    ///< per inference: consumed by gating and waking
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

/// What gates did in `activity`, which took `seconds` and in which `inferences` left; empty without power gating. Throws UserError (failed_check)
/// where a gate was closed for longer than that.
std::optional<Gating> gating(const hw::ChipParameters& chip, const Inventory& inventory, const hw::Activity& activity, double seconds,
                             double inferences);

/// What gates in `activity` saved per inference, counted another way: over all units of the same leakage and clock.
double saved_by_kind(const hw::ChipParameters& chip, const Inventory& inventory, const hw::Activity& activity, double inferences);

}  // namespace mho::analysis
