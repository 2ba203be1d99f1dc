#include "analysis/cost/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "analysis/cost/failed_check.h"
#include "hw/program/events.h"
#include "hw/spec/components.h"

namespace mho::analysis {

namespace {

using periphery::Component;
using periphery::Per;

const tiles::TileParameters& tile_of(const Design& design, const hw::Program& program, std::size_t settings) {
  return settings == 0 ? design.tile : program.settings.at(settings);
}

void check(const Component& component) {
  const auto require = [&component](double value, const std::string& what) {
    if (value >= 0 && std::isfinite(value)) return;
    fail_costs(fmt::format("the {} of '{}' is {}, not a number from 0 on ({})", what, component.name, value, component.source));
  };
  for (const periphery::EventCost& cost : component.events) {
    if (!hw::is_counted(cost.event)) {
      throw std::logic_error(fmt::format("component '{}' costs the event '{}', which no model counts", component.name, cost.event));
    }
    require(cost.units * cost.energy.si(), fmt::format("energy of one {}", cost.event));
  }
  if (component.area) require(component.area->si(), "area");
  require(component.leakage.si(), "leakage");
}

}  // namespace

ComponentList components_of(const Design& design) {
  return [chip = design.chip](const tiles::TileParameters& tile, const tiles::TileLoad& load) { return hw::components(chip, tile, load); };
}

Inventory::Inventory(const Design& design, const hw::Program& program, ComponentList list)
    : design_(design), program_(program), list_(std::move(list)) {
  for (const hw::Stage& stage : program.stages) {
    if (stage.mvm) settings_of_core_[stage.core] = stage.mvm->settings;
  }
  const std::size_t settings = std::max<std::size_t>(1, program.settings.size());
  analog_cores_.assign(settings, 0);
  analog_cores_.front() = hw::count_on_chip(design.chip, Per::analog_core);
  for (const auto& [node, own] : settings_of_core_) {
    --analog_cores_.front();
    ++analog_cores_.at(static_cast<std::size_t>(own));
  }
  for (std::size_t s = 0; s < settings; ++s) {
    lists_.push_back(list_(tile_of(design, program, s), {}));
    std::ranges::for_each(lists_.back(), check);
  }
}

std::vector<Component> Inventory::of(const hw::Stage& stage) const {
  if (!stage.mvm) return lists_.front();
  return list_(tile_of(design_, program_, static_cast<std::size_t>(stage.mvm->settings)), hw::load_of(*stage.mvm));
}

bool Inventory::counts_on(const Component& component, int node) const {
  if (!component.own_core_only) return true;
  return on_digital_core(node) == (component.per == Per::digital_core);
}

int Inventory::settings_of(int node) const {
  const auto found = settings_of_core_.find(node);
  return found == settings_of_core_.end() ? 0 : found->second;
}

std::int64_t Inventory::instances(const Component& component, std::size_t settings) const {
  if (!hw::follows_tile(component.per)) return settings == 0 ? component.count * hw::count_on_chip(design_.chip, component.per) : 0;
  return analog_cores_[settings] * component.count * hw::count_in_analog_core(design_.chip, component.per);
}

std::vector<PartArea> Inventory::areas() const {
  std::vector<PartArea> areas;
  for (std::size_t settings = 0; settings < lists_.size(); ++settings) {
    for (const Component& component : lists_[settings]) {
      if (!component.area || (settings > 0 && !hw::follows_tile(component.per))) continue;
      auto part = std::ranges::find(areas, component.name, &PartArea::part);
      if (part == areas.end()) part = areas.insert(part, {component.name, 0, 0});
      const std::int64_t pieces = instances(component, settings);
      part->count += pieces;
      part->square_metre += component.area->si() * static_cast<double>(pieces);
    }
  }
  return areas;
}

std::vector<ComponentCost> Inventory::costs() const {
  std::vector<ComponentCost> costs;
  for (std::size_t settings = 0; settings < lists_.size(); ++settings) {
    for (const Component& component : lists_[settings]) {
      auto row = std::ranges::find(costs, component.name, &ComponentCost::name);
      if (row == costs.end())
        row = costs.insert(row, {.name = component.name, .per = component.per, .note = component.note, .source = component.source});
      if (row->source.find(component.source) == std::string::npos) row->source += ", " + component.source;
      if (settings > 0 && !hw::follows_tile(component.per)) continue;
      const std::int64_t pieces = instances(component, settings);
      // Two components of the array share this row: its cells have area, its read-out has energy. Only the cells are counted.
      if (component.area || component.leakage.si() > 0) row->count += pieces;
      row->leakage_w += component.leakage.si() * static_cast<double>(pieces);
      if (component.area) row->square_metre += component.area->si() * static_cast<double>(pieces);
    }
  }
  return costs;
}

template <class Take>
void Inventory::each_in(Per unit, int settings, const Take& take) const {
  const auto pieces = [&](const Component& component) {
    return component.count * (unit == Per::analog_core ? hw::count_in_analog_core(design_.chip, component.per) : 1);
  };
  // The tiles of a core follow its settings; its other components follow the chip.
  for (const Component& component : lists_.front()) {
    if (component.per == unit) take(component, static_cast<double>(pieces(component)));
  }
  if (unit != Per::analog_core) return;
  for (const Component& component : lists_.at(static_cast<std::size_t>(settings))) {
    if (hw::follows_tile(component.per)) take(component, static_cast<double>(pieces(component)));
  }
}

UnitLeakage Inventory::leakage_of(Per unit, int settings) const {
  UnitLeakage sum;
  each_in(unit, settings,
          [&sum](const Component& component, double pieces) { (component.gated ? sum.gated : sum.kept) += component.leakage * pieces; });
  return sum;
}

base::Area Inventory::area_of(Per unit, int settings) const {
  base::Area sum;
  each_in(unit, settings, [&sum](const Component& component, double pieces) {
    if (component.area) sum += *component.area * pieces;
  });
  return sum;
}

base::Power Inventory::leakage() const {
  base::Power sum;
  for (const Per unit : {Per::digital_core, Per::router, Per::chip}) {
    const UnitLeakage one = leakage_of(unit);
    sum += (one.gated + one.kept) * static_cast<double>(hw::count_on_chip(design_.chip, unit));
  }
  for (std::size_t settings = 0; settings < lists_.size(); ++settings) {
    const UnitLeakage one = leakage_of(Per::analog_core, static_cast<int>(settings));
    sum += (one.gated + one.kept) * static_cast<double>(analog_cores_[settings]);
  }
  return sum;
}

}  // namespace mho::analysis
