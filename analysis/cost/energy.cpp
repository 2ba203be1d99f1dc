#include "analysis/cost/energy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <utility>

#include "analysis/cost/failed_check.h"
#include "hw/program/events.h"

namespace mho::analysis {

namespace {

using periphery::Component;

constexpr auto every = [](const Component&) { return true; };

template <typename Activity>
double joule_of(const Component& component, const Activity& activity) {
  double joule = 0;
  for (const periphery::EventCost& cost : component.events) {
    joule += static_cast<double>(hw::count_of(cost.event, activity)) * cost.units * cost.energy.si();
  }
  return joule;
}

}  // namespace

void add(Joules& sum, const Joules& term, double factor) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += term[i] * factor;
}

double total(const Joules& joules) {
  double sum = 0;
  for (const double joule : joules) sum += joule;
  return sum;
}

BlockRows::BlockRows(const Inventory& inventory) {
  const auto add = [this](std::string_view block, bool occasional) {
    if (std::ranges::find(rows_, block, &Row::block) == rows_.end()) rows_.push_back({std::string(block), occasional});
  };
  const auto add_components = [&](bool occasional) {
    for (const auto& list : inventory.by_settings()) {
      for (const Component& component : list) {
        if (!component.events.empty() && component.occasional == occasional) add(component.name, occasional);
      }
    }
  };
  add_components(false);
  add(leakage_block, false);
  add_components(true);
  add(gating_block, true);
}

std::size_t BlockRows::row(std::string_view block) const {
  const auto found = std::ranges::find(rows_, block, &Row::block);
  if (found == rows_.end()) throw std::logic_error(fmt::format("BlockRows: no row '{}'", block));
  return static_cast<std::size_t>(found - rows_.begin());
}

std::vector<BlockEnergy> BlockRows::listed(const Joules& joules, bool all) const {
  std::vector<BlockEnergy> list;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (joules[i] != 0 || (all && !rows_[i].occasional)) list.push_back({rows_[i].block, joules[i]});
  }
  return list;
}

template <typename Activity, typename Counts>
Joules EventEnergy::of(const std::vector<Component>& components, const Activity& activity, Counts counts) const {
  Joules joules = rows_.none();
  for (const Component& component : components) {
    if (!component.events.empty() && counts(component)) joules[rows_.row(component.name)] += joule_of(component, activity);
  }
  return joules;
}

Joules EventEnergy::of_stage(const hw::Stage& stage, const hw::StageActivity& activity) const {
  if (activity.mvms > 0 && !stage.mvm)
    fail_costs(fmt::format("stage {} counts {} matrix-vector products but has no tile", stage.name, activity.mvms));
  return of(inventory_.of(stage), activity, [&](const Component& one) { return inventory_.counts_on(one, stage.core); });
}

EnergySplit EventEnergy::by_layer(const hw::Activity& activity, double factor) const {
  if (activity.stages.size() != program_.stages.size()) {
    fail_costs(fmt::format("the activity lists {} stages, the program {}", activity.stages.size(), program_.stages.size()));
  }
  EnergySplit split{std::vector<Joules>(program_.layers.size(), rows_.none()), rows_.none()};
  for (std::size_t i = 0; i < program_.stages.size(); ++i) {
    const hw::Stage& stage = program_.stages[i];
    Joules& sum = stage.layer < 0 ? split.shared : split.layers.at(static_cast<std::size_t>(stage.layer));
    add(sum, of_stage(stage, activity.stages[i]), factor);
  }
  for (const hw::RouterActivity& router : activity.routers) add(split.shared, of(inventory_.by_settings().front(), router, every), factor);
  for (const hw::LinkActivity& link : activity.links) {
    if (link.kind == hw::LinkActivity::Kind::chips) add(split.shared, of(inventory_.by_settings().front(), link, every), factor);
  }
  return split;
}

std::vector<EventSum> EventEnergy::by_event(const hw::Activity& activity, double factor) const {
  std::vector<EventSum> all;
  const auto take = [&](const Component& component, const auto& counted) {
    for (const periphery::EventCost& cost : component.events) {
      const auto count = static_cast<double>(hw::count_of(cost.event, counted)) * factor;
      if (count == 0) continue;
      auto found = std::ranges::find_if(all, [&](const EventSum& sum) { return sum.component == component.name && sum.event == cost.event; });
      if (found == all.end()) found = all.insert(all.end(), {std::string(component.name), std::string(cost.event), 0, 0});
      found->count += count;
      found->joule += count * cost.units * cost.energy.si();
    }
  };
  for (std::size_t i = 0; i < program_.stages.size(); ++i) {
    const hw::Stage& stage = program_.stages[i];
    for (const Component& component : inventory_.of(stage)) {
      if (inventory_.counts_on(component, stage.core)) take(component, activity.stages.at(i));
    }
  }
  for (const hw::RouterActivity& router : activity.routers) {
    for (const Component& component : inventory_.by_settings().front()) take(component, router);
  }
  for (const hw::LinkActivity& link : activity.links) {
    if (link.kind != hw::LinkActivity::Kind::chips) continue;
    for (const Component& component : inventory_.by_settings().front()) take(component, link);
  }
  return all;
}

double EventEnergy::of_chip(const hw::Activity& activity) const {
  // Key: settings of the tile (stages without a tile use the chip's own) and whether the core is digital. Value: the sum, and one node of that kind
  // of core.
  std::map<std::pair<int, bool>, std::pair<hw::StageActivity, int>> by_place;
  double joule = 0;
  for (std::size_t i = 0; i < program_.stages.size(); ++i) {
    const hw::Stage& stage = program_.stages[i];
    auto& [sum, node] = by_place[{stage.mvm ? stage.mvm->settings : 0, inventory_.on_digital_core(stage.core)}];
    sum += activity.stages[i];
    node = stage.core;
    if (!stage.mvm) continue;
    for (const Component& component : inventory_.of(stage)) {
      if (component.by_load) joule += joule_of(component, activity.stages[i]);
    }
  }
  hw::RouterActivity network;
  for (const hw::RouterActivity& one : activity.routers) network += one;
  joule += total(of(inventory_.by_settings().front(), network, every));
  hw::LinkActivity between_chips{.kind = hw::LinkActivity::Kind::chips};
  for (const hw::LinkActivity& link : activity.links) between_chips.flits += link.kind == hw::LinkActivity::Kind::chips ? link.flits : 0;
  joule += total(of(inventory_.by_settings().front(), between_chips, every));
  for (const auto& [place, all] : by_place) {
    const int node = all.second;
    joule += total(of(inventory_.by_settings().at(static_cast<std::size_t>(place.first)), all.first,
                      [&](const Component& one) { return !one.by_load && inventory_.counts_on(one, node); }));
  }
  return joule;
}

}  // namespace mho::analysis
