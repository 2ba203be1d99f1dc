#include "analysis/cost/gating.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>

#include "analysis/cost/failed_check.h"

namespace mho::analysis {

namespace {

using periphery::Per;
using Unit = hw::GateActivity::Unit;

/// Units with the same power gate: routers, digital cores, or analog cores whose tiles have these settings.
using Kind = int;
constexpr Kind digital = -1, router = -2;

Kind kind_of(const hw::ChipParameters& chip, const Inventory& inventory, const hw::GateActivity& activity) {
  if (activity.unit == Unit::router) return router;
  return chip.kind(activity.number) == hw::CoreKind::digital ? digital : inventory.settings_of(activity.number);
}

/// The power gate of a unit.
struct Gate {
  double cut_w = 0;  ///< leakage of the gated part
  double clock_hz = 0;
  double break_even = 0;  ///< in cycles
};

Gate gate_of(const hw::ChipParameters& chip, const Inventory& inventory, Kind kind) {
  const hw::GatingParameters& parameters = kind == router ? chip.noc.gating : chip.core_gating;
  const UnitLeakage leakage = kind == router    ? inventory.leakage_of(Per::router)
                              : kind == digital ? inventory.leakage_of(Per::digital_core)
                                                : inventory.leakage_of(Per::analog_core, kind);
  const base::Frequency clock =
      kind == router ? chip.network_clock.value_or(chip.clock) : chip.clock_of(kind == digital ? hw::CoreKind::digital : hw::CoreKind::analog);
  return {(1 - parameters.residual) * leakage.gated.si(), clock.si(), static_cast<double>(parameters.break_even)};
}

}  // namespace

std::optional<GateUse> Gating::mean(Unit unit) const {
  GateUse sum{.unit = unit};
  int count = 0;
  for (const GateUse& gate : gates) {
    if (gate.unit != unit) continue;
    ++count;
    sum.gated_share += gate.gated_share;
    sum.wakes += gate.wakes;
    sum.not_leaked_j += gate.not_leaked_j;
    sum.switched_j += gate.switched_j;
  }
  if (count == 0) return std::nullopt;
  for (double* each : {&sum.gated_share, &sum.wakes, &sum.not_leaked_j, &sum.switched_j}) *each /= count;
  return sum;
}

std::optional<Gating> gating(const hw::ChipParameters& chip, const Inventory& inventory, const hw::Activity& activity, double seconds,
                             double inferences) {
  if (activity.gates.empty()) return std::nullopt;
  Gating result;
  for (const hw::GateActivity& one : activity.gates) {
    const Gate gate = gate_of(chip, inventory, kind_of(chip, inventory, one));
    const double gated_s = static_cast<double>(one.gated_cycles) / gate.clock_hz;
    if (one.gated_cycles < 0 || gated_s > seconds + 1 / gate.clock_hz) {
      fail_costs(fmt::format("{} {} was gated for {} s of {} s", hw::unit_name(one.unit), one.number, gated_s, seconds));
    }
    GateUse use{.unit = one.unit, .number = one.number};
    use.gated_share = gated_s / seconds;
    use.wakes = static_cast<double>(one.wakes) / inferences;
    use.not_leaked_j = gate.cut_w * gated_s / inferences;
    use.switched_j = use.wakes * gate.cut_w * gate.break_even / gate.clock_hz;
    result.not_leaked_j += use.not_leaked_j;
    result.switched_j += use.switched_j;
    result.gates.push_back(use);
  }
  return result;
}

double saved_by_kind(const hw::ChipParameters& chip, const Inventory& inventory, const hw::Activity& activity, double inferences) {
  struct Sum {
    std::int64_t gated_cycles = 0;
    std::uint64_t wakes = 0;
  };
  std::map<Kind, Sum> sums;
  for (const hw::GateActivity& one : activity.gates) {
    Sum& sum = sums[kind_of(chip, inventory, one)];
    sum.gated_cycles += one.gated_cycles;
    sum.wakes += one.wakes;
  }
  double joule = 0;
  for (const auto& [kind, sum] : sums) {
    const Gate gate = gate_of(chip, inventory, kind);
    const double cycles = static_cast<double>(sum.gated_cycles) - static_cast<double>(sum.wakes) * gate.break_even;
    joule += gate.cut_w * cycles / gate.clock_hz;
  }
  return joule / inferences;
}

}  // namespace mho::analysis
