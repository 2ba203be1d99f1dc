#include "analysis/cost/interval_bounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace mho::analysis {

namespace {

std::string bound_of(const hw::UnitActivity& unit) {
  if (unit.name == "vector unit") return "digital units";
  return unit.name.starts_with("port") ? "ports" : "tiles";
}

std::string bound_place(const hw::LinkActivity& link, const hw::ChipParameters& chip) {
  switch (link.kind) {
    case hw::LinkActivity::Kind::inject:
      return fmt::format("interface of node {} into its router", link.from);
    case hw::LinkActivity::Kind::eject:
      return fmt::format("interface of node {} out of its router", link.to);
    case hw::LinkActivity::Kind::between:
      return fmt::format("link from router {} to {}", link.from, link.to);
    case hw::LinkActivity::Kind::chips:
      return fmt::format("link from chip {} to {}", chip.chip_of(link.from), chip.chip_of(link.to));
  }
  return "";
}

}  // namespace

std::vector<IntervalBound> interval_bounds(const Design& design, const hw::Program& program, const hw::Activity& one) {
  std::map<std::string, IntervalBound> by_kind;
  const auto see = [&](const std::string& kind, double seconds, const std::string& where) {
    IntervalBound& bound = by_kind.try_emplace(kind, IntervalBound{kind, "", 0}).first->second;
    if (seconds <= bound.seconds) return;
    bound.seconds = seconds;
    bound.where = where;
  };
  for (const hw::UnitActivity& unit : one.units) {
    const double seconds = static_cast<double>(unit.worked_cycles) / design.chip.clock_of(design.chip.kind(unit.node)).si();
    const std::string stage = unit.stages.empty() ? "" : program.stages[static_cast<std::size_t>(unit.stages.front())].name;
    see(bound_of(unit), seconds, fmt::format("{} of node {} ({}{})", unit.name, unit.node, stage, unit.stages.size() > 1 ? ", ..." : ""));
  }
  for (const hw::LinkActivity& link : one.links) {
    const bool between_chips = link.kind == hw::LinkActivity::Kind::chips;
    see(between_chips ? "links between chips" : "links", hw::seconds_at_work(link, design.chip), bound_place(link, design.chip));
  }
  std::vector<IntervalBound> bounds;
  for (auto& [kind, bound] : by_kind) {
    if (bound.seconds > 0) bounds.push_back(std::move(bound));
  }
  std::ranges::stable_sort(bounds, std::ranges::greater{}, &IntervalBound::seconds);
  return bounds;
}

}  // namespace mho::analysis
