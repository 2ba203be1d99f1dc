#include "analysis/cost/bottleneck.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/index.h"
#include "hw/program/phases.h"

namespace mho::analysis {

namespace {

using base::percent;

class BottleneckSearch {
 public:
  /// `each`: name of the unit of work. The activity covers `inferences` of them.
  BottleneckSearch(const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& activity, int inferences, std::string_view each)
      : program_(program), chip_(chip), activity_(activity), seconds_(activity.elapsed.seconds()), inferences_(inferences), each_(each) {}

  Bottleneck find() {
    constexpr double saturated = 0.95;  // share of the time; the slowest unit reaches it even if the pipeline fills and drains in every inference
    const hw::UnitActivity* unit = busiest_unit();
    const hw::LinkActivity* link = busiest_link();
    const double unit_share = unit == nullptr ? 0 : share(*unit);
    const double link_share = link == nullptr ? 0 : hw::seconds_at_work(*link, chip_) / seconds_;
    if (unit != nullptr && unit_share >= saturated && unit_share >= link_share) return of(*unit, Bottleneck::Kind::unit);
    if (link != nullptr && link_share >= saturated) return of(*link, link_share);
    Bottleneck result = follow();
    result.text += waking(result.held_up);
    return result;
  }

  /// The unit that works most, for activities whose waits are not conclusive.
  Bottleneck busiest() {
    const hw::UnitActivity* unit = busiest_unit();
    if (unit == nullptr) throw std::logic_error("find_bottleneck: no unit worked");
    return of(*unit, Bottleneck::Kind::stage);
  }

 private:
  /// Cycles of the node's clock in the whole activity.
  [[nodiscard]] double cycles_at(int node) const { return seconds_ * chip_.clock_of(chip_.kind(node)).si(); }
  [[nodiscard]] double share(std::int64_t cycles, int node) const { return static_cast<double>(cycles) / cycles_at(node); }
  [[nodiscard]] double share(const hw::UnitActivity& unit) const { return share(unit.worked_cycles, unit.node); }
  [[nodiscard]] const hw::Stage& stage(int index) const { return program_.stages.at(static_cast<std::size_t>(index)); }
  [[nodiscard]] const hw::StageActivity& activity(int index) const { return activity_.stages.at(static_cast<std::size_t>(index)); }

  [[nodiscard]] const hw::UnitActivity* busiest_unit() const {
    const auto found = std::ranges::max_element(activity_.units, {}, [this](const hw::UnitActivity& unit) { return share(unit); });
    return found == activity_.units.end() ? nullptr : &*found;
  }
  [[nodiscard]] const hw::LinkActivity* busiest_link() const {
    const auto found =
        std::ranges::max_element(activity_.links, {}, [this](const hw::LinkActivity& link) { return hw::seconds_at_work(link, chip_); });
    return found == activity_.links.end() ? nullptr : &*found;
  }
  [[nodiscard]] const hw::UnitActivity* unit_of(int stage) const {
    const hw::UnitActivity* busiest = nullptr;
    for (const hw::UnitActivity& unit : activity_.units) {
      if (std::ranges::find(unit.stages, stage) == unit.stages.end()) continue;
      if (busiest == nullptr || unit.worked_cycles > busiest->worked_cycles) busiest = &unit;
    }
    return busiest;
  }

  [[nodiscard]] std::string names(const std::vector<int>& stages) const {
    constexpr std::size_t most = 4;
    std::string text;
    for (std::size_t i = 0; i < stages.size() && i < most; ++i) text += fmt::format("{}{}", i == 0 ? "" : ", ", stage(stages[i]).name);
    if (stages.size() > most) text += fmt::format(" and {} more", stages.size() - most);
    return text;
  }

  Bottleneck of(const hw::UnitActivity& unit, Bottleneck::Kind kind) const {
    Bottleneck result;
    result.kind = kind;
    result.stage = unit.stages.front();
    result.node = unit.node;
    result.unit = unit.name;
    result.share = share(unit);
    const double each = static_cast<double>(unit.worked_cycles) / inferences_;
    result.text = fmt::format("{} on node {}, busy {:.0f} % of the {}: {}, {:.0f} cycles per {}{}", names(unit.stages), unit.node,
                              percent * result.share, each_ == "inference" ? "interval" : "phase", unit.name, each, each_, others(unit));
    return result;
  }

  /// The other units of the core that work for the same stage. They limit the core next if the unit becomes faster.
  [[nodiscard]] std::string others(const hw::UnitActivity& unit) const {
    std::string text;
    for (const hw::UnitActivity& other : activity_.units) {
      if (other.node != unit.node || &other == &unit || share(other) < 0.005) continue;
      if (std::ranges::find(other.stages, unit.stages.front()) == other.stages.end()) continue;
      text += fmt::format("{}{} {:.0f} %", text.empty() ? "; " : ", ", other.name, percent * share(other));
    }
    return text;
  }

  /// The router, or the core of these stages, that spends the most time waking up; empty if that is under 5 % of the time. No other figure shows
  /// these waits.
  [[nodiscard]] std::string waking(const std::vector<int>& stages) const {
    constexpr double worth_saying = 0.05;
    double most = worth_saying;
    std::string text;
    for (const hw::GateActivity& gate : activity_.gates) {
      const bool router = gate.unit == hw::GateActivity::Unit::router;
      if (!router && std::ranges::find(stages, gate.number, [this](int s) { return stage(s).core; }) == stages.end()) continue;
      const double clock = (router ? chip_.network_clock.value_or(chip_.clock) : chip_.clock_of(chip_.kind(gate.number))).si();
      const hw::GatingParameters& parameters = router ? chip_.noc.gating : chip_.core_gating;
      const double part = static_cast<double>(gate.wakes) * static_cast<double>(parameters.wake_up) / (seconds_ * clock);
      if (part <= most) continue;
      most = part;
      text = fmt::format("; {} {} wakes up for {:.0f} % of the time ({}.gating.wake_up)", router ? "router" : "the core of node", gate.number,
                         percent * part, router ? "noc" : "chip");
    }
    return text;
  }

  Bottleneck of(const hw::LinkActivity& link, double moved) const {
    Bottleneck result;
    result.kind = Bottleneck::Kind::link;
    result.node = link.from;
    result.share = moved;
    std::string where;
    switch (link.kind) {
      case hw::LinkActivity::Kind::between:
        where = fmt::format("the link from router {} to {}", link.from, link.to);
        break;
      case hw::LinkActivity::Kind::inject:
        where = fmt::format("the interface of node {} into its router", link.from);
        break;
      case hw::LinkActivity::Kind::eject:
        where = fmt::format("the interface of node {} out of its router", link.to);
        result.node = link.to;
        break;
      case hw::LinkActivity::Kind::chips:
        result.text =
            fmt::format("the link from chip {} to {}, {:.0f} % of its rate (chip.link.bandwidth), {:.0f} flits per {}", chip_.chip_of(link.from),
                        chip_.chip_of(link.to), percent * moved, static_cast<double>(link.flits) / inferences_, each_);
        return result;
    }
    std::vector<int> stages;
    if (link.kind != hw::LinkActivity::Kind::between) {
      for (std::size_t s = 0; s < program_.stages.size(); ++s) {
        if (program_.stages[s].core == result.node) stages.push_back(static_cast<int>(s));
      }
    }
    result.text = fmt::format("{} in the network{}, {:.2f} flits per cycle of at most 1, {:.0f} per {}", where,
                              stages.empty() ? "" : " (" + names(stages) + ")", moved, static_cast<double>(link.flits) / inferences_, each_);
    return result;
  }

  struct Step {
    int stage = 0;
    std::optional<std::size_t> edge;  ///< the edge on which the stage waits
    bool for_input = false;
  };

  /// The longest wait of a stage; no edge if it works longer than it waits.
  [[nodiscard]] Step wait_of(int index) const {
    Step step{index, std::nullopt, false};
    std::int64_t longest = 0;
    for (std::size_t e = 0; e < program_.edges.size(); ++e) {
      const hw::EdgeActivity& edge = activity_.edges.at(e);
      if (program_.edges[e].consumer == index && edge.awaited_cycles > longest && activity(index).waiting_input_cycles > 0) {
        longest = edge.awaited_cycles;
        step = {index, e, true};
      }
      if (program_.edges[e].producer == index && edge.without_credit_cycles > longest) {
        longest = edge.without_credit_cycles;
        step = {index, e, false};
      }
    }
    const hw::UnitActivity* unit = unit_of(index);
    if (unit != nullptr && unit->worked_cycles > longest) step.edge.reset();
    return step;
  }

  [[nodiscard]] Bottleneck follow() const {
    std::vector<Step> way;
    int at = -1;
    for (std::size_t s = 0; s < program_.stages.size(); ++s) {
      const auto kind = program_.stages[s].kind;
      if (kind == hw::Stage::Kind::sink || kind == hw::Stage::Kind::programming) at = static_cast<int>(s);
    }
    if (at < 0) throw std::logic_error("find_bottleneck: a program without a sink");
    for (;;) {
      const auto seen = std::ranges::find(way, at, &Step::stage);
      if (seen != way.end()) return of(way, static_cast<std::size_t>(seen - way.begin()));
      way.push_back(wait_of(at));
      if (!way.back().edge) return ended(way);
      const hw::Edge& edge = program_.edges[*way.back().edge];
      at = way.back().for_input ? edge.producer : edge.consumer;
    }
  }

  static std::vector<int> stages_of(const std::vector<Step>& way) {
    std::vector<int> stages;
    stages.reserve(way.size());
    for (const Step& step : way) stages.push_back(step.stage);
    return stages;
  }

  [[nodiscard]] Bottleneck ended(const std::vector<Step>& way) const {
    const hw::UnitActivity* unit = unit_of(way.back().stage);
    if (unit == nullptr) throw std::logic_error("find_bottleneck: a stage without units");
    Bottleneck result = of(*unit, Bottleneck::Kind::stage);
    result.stage = way.back().stage;
    result.held_up = stages_of(way);
    const hw::StageActivity& own = activity(result.stage);
    result.text += fmt::format("; it waits for input {:.0f} % and for its readers {:.0f} %", percent * share(own.waiting_input_cycles, result.node),
                               percent * share(own.waiting_output_cycles, result.node));
    return result;
  }

  /// The stages from `first` on wait for each other in a circle.
  [[nodiscard]] Bottleneck of(const std::vector<Step>& way, std::size_t first) const {
    Bottleneck result;
    result.held_up = stages_of(way);
    const Step* lacking = nullptr;
    for (std::size_t i = first; i < way.size(); ++i) {
      if (!way[i].for_input) lacking = &way[i];
      result.loop.push_back(way[i].stage);
    }
    result.stage = result.loop.front();
    result.node = stage(result.stage).core;
    if (lacking == nullptr) {
      std::ranges::reverse(result.loop);
      result.kind = Bottleneck::Kind::recurrence;
      const int steps = stage(result.stage).positions;
      result.share = share(activity(result.stage).waiting_input_cycles, result.node);
      result.text = fmt::format("the loop {}: each of its {} steps waits for the state of the one before, {:.0f} cycles a step", names(result.loop),
                                steps, cycles_at(result.node) / inferences_ / steps);
      return result;
    }
    result.kind = Bottleneck::Kind::credits;
    result.loop.clear();
    result.stage = lacking->stage;
    result.node = stage(result.stage).core;
    result.edge = static_cast<int>(*lacking->edge);
    const hw::Edge& edge = program_.edges[*lacking->edge];
    result.share = share(activity_.edges[*lacking->edge].without_credit_cycles, result.node);
    result.text = fmt::format(
        "the buffer for '{}' at '{}' on node {}, room for {} position{}: '{}' has none to send to {:.0f} % of the time, one position every {:.1f} "
        "cycles",
        stage(edge.producer).name, stage(edge.consumer).name, stage(edge.consumer).core, edge.capacity, edge.capacity == 1 ? "" : "s",
        stage(edge.producer).name, percent * result.share, cycles_at(result.node) / inferences_ / stage(edge.producer).positions);
    return result;
  }

  const hw::Program& program_;
  const hw::ChipParameters& chip_;
  const hw::Activity& activity_;
  double seconds_;
  int inferences_;
  std::string_view each_;
};

Bottleneck find(const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& activity, int count, std::string_view each) {
  if (activity.stages.size() != program.stages.size() || activity.edges.size() != program.edges.size() || !(activity.elapsed.seconds() > 0) ||
      count < 1) {
    throw std::logic_error("find_bottleneck: the activity is not one of the program");
  }
  return BottleneckSearch(program, chip, activity, count, each).find();
}

}  // namespace

std::string_view kind_name(Bottleneck::Kind kind) {
  switch (kind) {
    case Bottleneck::Kind::unit:
      return "unit";
    case Bottleneck::Kind::link:
      return "link";
    case Bottleneck::Kind::credits:
      return "credits";
    case Bottleneck::Kind::recurrence:
      return "recurrence";
    case Bottleneck::Kind::stage:
      break;
  }
  return "stage";
}

Bottleneck find_bottleneck(const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& activity, int inferences) {
  return find(program, chip, activity, inferences, "inference");
}

Bottleneck find_bottleneck(const hw::Program& program, const hw::ChipParameters& chip, const hw::SimulationResult& simulation) {
  // If the last inference entered before the first one left, the window contains only the draining of the pipeline, and its waits are not conclusive.
  const auto is_idle = [&](std::size_t s) {
    return program.stages[s].kind == hw::Stage::Kind::source && simulation.window.stages.at(s).positions == 0 &&
           simulation.steady.stages.at(s).positions > 0;
  };
  bool drains = false;
  for (std::size_t s = 0; s < program.stages.size() && simulation.phases.empty() && !simulation.single_only; ++s) drains = drains || is_idle(s);
  if (drains) {
    Bottleneck found = BottleneckSearch(program, chip, simulation.steady, simulation.steady_inferences, "inference").busiest();
    found.text += fmt::format("; {} inferences are too few to tell what they wait for: ask for more", simulation.steady_inferences);
    return found;
  }
  if (simulation.phases.empty()) return find_bottleneck(program, chip, simulation.window, simulation.window_inferences);
  const auto longest = std::ranges::max_element(simulation.phases, {}, &hw::PhaseTime::batch);
  const auto number = static_cast<std::size_t>(longest - simulation.phases.begin());
  const hw::Phase& phase = program.phases.at(number);
  const hw::PhaseProgram part = hw::phase_program(program, static_cast<int>(number));
  Bottleneck found = phase.programs ? find(part.program, chip, longest->activity, 1, "batch")
                                    : find(part.program, chip, longest->activity, simulation.window_inferences, "inference of the batch");
  const auto in_whole = [&](int& stage) { stage = part.stages.at(static_cast<std::size_t>(stage)); };
  if (found.stage >= 0) in_whole(found.stage);
  if (found.edge) found.edge = part.edges.at(static_cast<std::size_t>(*found.edge));
  std::ranges::for_each(found.loop, in_whole);
  std::ranges::for_each(found.held_up, in_whole);
  double programming = 0;
  for (std::size_t k = 0; k < program.phases.size(); ++k) programming += program.phases[k].programs ? simulation.phases[k].batch.seconds() : 0;
  const double all = simulation.window.elapsed.seconds();
  found.text = fmt::format("programming takes {:.1f} % of the time; the longest phase, '{}', {:.1f} %: {}", percent * programming / all, phase.name,
                           percent * longest->batch.seconds() / all, found.text);
  return found;
}

}  // namespace mho::analysis
