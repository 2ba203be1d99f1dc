#include "analysis/cost/gating.h"

#include <fmt/format.h>

#include "base/error.h"

namespace mho::analysis {

namespace {

using Unit = hw::GateActivity::Unit;

/// A unit with its power gate.
struct Gate {
  double leakage_w = 0;  ///< that it cuts off, but for the residual share
  double clock_hz = 0;
  const hw::GatingParameters* parameters = nullptr;
};

Gate gate_of(const Design& design, const hw::Program& program, const std::map<int, int>& settings, const hw::GateActivity& activity) {
  const hw::ChipParameters& chip = design.chip;
  if (activity.unit == Unit::router) return {chip.noc.router_leakage.si(), chip.network_clock.value_or(chip.clock).si(), &chip.noc.gating};
  const hw::CoreKind kind = chip.kind(activity.number);
  if (kind == hw::CoreKind::digital) return {design.tile.digital.leakage.si(), chip.clock_of(kind).si(), &chip.core_gating};
  const auto found = settings.find(activity.number);
  const bool own = found != settings.end() && found->second != 0;
  const tiles::TileParameters& tile = own ? program.settings.at(static_cast<std::size_t>(found->second)) : design.tile;
  return {gated_leakage(design, tile).si(), chip.clock_of(kind).si(), &chip.core_gating};
}

}  // namespace

std::map<int, int> settings_of_cores(const hw::Program& program) {
  std::map<int, int> settings;
  for (const hw::Stage& stage : program.stages) {
    if (stage.mvm) settings[stage.core] = stage.mvm->settings;
  }
  return settings;
}

base::Power gated_leakage(const Design& design, const tiles::TileParameters& tile) {
  return design.chip.core_leakage + tile.adc.leakage * static_cast<double>(adcs_per_tile(tile) * design.chip.banks_per_core());
}

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

std::optional<Gating> gating(const Design& design, const hw::Program& program, const hw::Activity& activity, double seconds, double inferences) {
  if (activity.gates.empty()) return std::nullopt;
  const std::map<int, int> settings = settings_of_cores(program);
  Gating result;
  for (const hw::GateActivity& one : activity.gates) {
    const Gate gate = gate_of(design, program, settings, one);
    const double gated_s = static_cast<double>(one.gated_cycles) / gate.clock_hz;
    if (one.gated_cycles < 0 || gated_s > seconds + 1 / gate.clock_hz) {
      throw base::UserError(fmt::format("the costs of this run failed a check: {} {} was gated for {} s of {} s", hw::unit_name(one.unit), one.number,
                                        gated_s, seconds),
                            base::ExitCode::failed_check);
    }
    const double cut_w = (1 - gate.parameters->residual) * gate.leakage_w;
    GateUse use{.unit = one.unit, .number = one.number};
    use.gated_share = gated_s / seconds;
    use.wakes = static_cast<double>(one.wakes) / inferences;
    use.not_leaked_j = cut_w * gated_s / inferences;
    use.switched_j = use.wakes * cut_w * static_cast<double>(gate.parameters->break_even) / gate.clock_hz;
    result.not_leaked_j += use.not_leaked_j;
    result.switched_j += use.switched_j;
    result.gates.push_back(use);
  }
  return result;
}

}  // namespace mho::analysis
