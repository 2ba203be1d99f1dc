#pragma once

#include <optional>
#include <vector>

#include "analysis/cost/inventory.h"
#include "hw/program/activity.h"
#include "hw/spec/parameters.h"

namespace mho::analysis {

/// Use of the power gate of one router or core in steady state.
struct GateUse {
  hw::GateActivity::Unit unit = hw::GateActivity::Unit::router;
  int number = 0;           ///< number of the router, or node of the core
  double gated_share = 0;   ///< share of the time, 0 to 1
  double wakes = 0;         ///< per inference
  double not_leaked_j = 0;  ///< per inference: leakage cut off while gated
  double switched_j = 0;    ///< per inference: energy of gating and waking
  [[nodiscard]] double saved_j() const { return not_leaked_j - switched_j; }
};

/// Use of all power gates in an activity.
struct Gating {
  std::vector<GateUse> gates;  ///< as Activity::gates
  double not_leaked_j = 0;     ///< per inference, sum over gates
  double switched_j = 0;

  /// Mean over the gates of one kind of unit; empty if there are none.
  [[nodiscard]] std::optional<GateUse> mean(hw::GateActivity::Unit unit) const;
};

/// Use of the gates in `activity`, in which `inferences` left during `seconds`; empty without power gating. Throws UserError (failed_check) if a unit
/// was gated for longer than `seconds`.
std::optional<Gating> gating(const hw::ChipParameters& chip, const Inventory& inventory, const hw::Activity& activity, double seconds,
                             double inferences);

/// Energy in J that gates in `activity` saved per inference, computed independently as a check: from sums over units of the same kind.
double saved_by_kind(const hw::ChipParameters& chip, const Inventory& inventory, const hw::Activity& activity, double inferences);

}  // namespace mho::analysis
