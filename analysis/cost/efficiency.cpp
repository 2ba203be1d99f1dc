#include "analysis/cost/efficiency.h"

#include <set>

#include "analysis/cost/full_load.h"

namespace mho::analysis {

namespace {

using periphery::Per;

Efficiency efficiency(double operations_per_s, double watt, double square_metre) {
  return {.tops = operations_per_s / tera,
          .tops_per_watt = operations_per_s / watt / tera,
          .tops_per_mm2 = operations_per_s / (square_metre * square_millimetres_per_square_metre) / tera};
}

/// Leakage and area of the parts that a network occupies.
struct Held {
  double leakage_w = 0, square_metre = 0;
  void add(const Inventory& inventory, Per unit, int settings, double count) {
    const UnitLeakage leakage = inventory.leakage_of(unit, settings);
    leakage_w += count * (leakage.gated + leakage.kept).si();
    square_metre += count * inventory.area_of(unit, settings).si();
  }
};

Held held_by(const Design& design, const hw::Program& program, const Inventory& inventory) {
  const std::vector<int> ports = design.chip.nodes_of(hw::CoreKind::port);
  std::set<int> nodes(ports.begin(), ports.end());
  for (const hw::Stage& stage : program.stages) nodes.insert(stage.core);
  Held held;
  for (const int node : nodes) {
    const hw::CoreKind kind = design.chip.kind(node);
    if (kind == hw::CoreKind::analog) held.add(inventory, Per::analog_core, inventory.settings_of(node), 1);
    if (kind == hw::CoreKind::digital) held.add(inventory, Per::digital_core, 0, 1);
  }
  const double share = static_cast<double>(nodes.size()) / design.chip.nodes();
  held.add(inventory, Per::router, 0, share * design.chip.routers());
  held.add(inventory, Per::chip, 0, design.chip.chips);
  return held;
}

}  // namespace

std::array<std::pair<std::string_view, Efficiency>, 3> by_scope(const Efficiencies& all) {
  return {{{"peak", all.peak}, {"sustained", all.sustained}, {"used", all.used}}};
}

Efficiencies efficiencies(const Design& design, const hw::Program& program, const Inventory& inventory, const NetworkLoad& load) {
  const CostTable full = full_load(design, false);
  const double operations_per_s = 2 * load.multiply_accumulates / load.interval_s, dynamic_w = load.event_joule / load.interval_s;
  const Held held = held_by(design, program, inventory);
  const double gated_share = load.all_leakage_w > 0 ? load.leakage_w / load.all_leakage_w : 1;
  return {.peak = efficiency(full.operations_per_s(), full.power_w(), full.square_metre),
          .sustained = efficiency(operations_per_s, dynamic_w + load.leakage_w, load.square_metre),
          .used = efficiency(operations_per_s, dynamic_w + held.leakage_w * gated_share, held.square_metre)};
}

}  // namespace mho::analysis
