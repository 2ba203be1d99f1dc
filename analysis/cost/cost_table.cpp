#include "analysis/cost/cost_table.h"

#include <algorithm>

#include "hw/spec/components.h"

namespace mho::analysis {

namespace {

using periphery::Per;

/// Adds the row of one unit: the sum over the components that it contains, those that are counted by any unit of `inside`.
CostBands add_level(const hw::ChipParameters& chip, CostTable& table, const std::string& name, Per of, const std::vector<Per>& inside,
                    double tops_per_watt = 0) {
  CostLevel sum{.name = name, .count = hw::count_on_chip(chip, of), .energy = {}, .leakage = {}, .area = {}};
  if (sum.count == 0) return {};
  const double share = 1 / static_cast<double>(sum.count);
  // The savings of the power gates are divided over the components in proportion to their leakage.
  const double on = table.leakage_w > 0 ? table.standing_j / (table.leakage_w * table.interval_s) : 0;
  std::vector<ComponentCost> held;
  CostSums sums{.interval_s = table.interval_s, .tops_per_watt = tops_per_watt};
  for (ComponentCost component : table.components) {
    if (std::ranges::find(inside, component.per) == inside.end()) continue;
    component.joule *= share;
    component.leakage_w *= share;
    component.square_metre *= share;
    sums.energy_j += component.joule;
    sums.leakage_w += component.leakage_w;
    sums.area_m2 += component.square_metre;
    held.push_back(std::move(component));
  }
  sums.standing_j = sums.leakage_w * sums.interval_s * on;
  sums.energy_j += sums.standing_j;
  CostBands bands = cost_bands(held, sums);
  sum.energy = bands.energy;
  sum.leakage = bands.leakage;
  sum.area = bands.area;
  table.levels.push_back(std::move(sum));
  return bands;
}

}  // namespace

CostSums CostTable::sums() const {
  return {.energy_j = joule + standing_j,
          .standing_j = standing_j,
          .leakage_w = leakage_w,
          .interval_s = interval_s,
          .area_m2 = square_metre,
          .tops_per_watt = tops_per_watt.nominal};
}

void add_sums(const hw::ChipParameters& chip, CostTable& table, bool levels) {
  table.joule = table.square_metre = table.leakage_w = 0;
  for (const ComponentCost& component : table.components) {
    table.joule += component.joule;
    table.square_metre += component.square_metre;
    table.leakage_w += component.leakage_w;
  }
  if (table.standing_j == 0) table.standing_j = table.leakage_w * table.interval_s;
  if (!levels) return;
  add_level(chip, table, "tile", Per::tile, {Per::tile, Per::bank});
  add_level(chip, table, "core", Per::analog_core, {Per::tile, Per::bank, Per::analog_core});
  add_level(chip, table, "digital core", Per::digital_core, {Per::digital_core});
  add_level(chip, table, "router", Per::router, {Per::router});
  const CostBands bands =
      add_level(chip, table, "chip", Per::chip, {Per::tile, Per::bank, Per::analog_core, Per::digital_core, Per::router, Per::chip},
                table.operations_per_s() / table.power_w() / tera);
  table.tops_per_watt = bands.tops_per_watt;
}

}  // namespace mho::analysis
