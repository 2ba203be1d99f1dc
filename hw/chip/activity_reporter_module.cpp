#include "hw/chip/activity_reporter_module.h"

#include <utility>

namespace mho::hw {

ActivityReporter::ActivityReporter(const Clocks& clocks, const Program& program, Assembly& assembly, const NocTransport& transport)
    : clocks_(clocks), program_(program), assembly_(assembly), transport_(transport) {
  for (const auto& core : assembly.cores()) {
    for (const CoreModule::OwnUnit& own : core->units()) {
      Unit unit{own.name, own.controllers.front().front()->stage().core, core->clock(), {}};
      for (const auto& kind : own.controllers) {
        std::vector<int>& stages = unit.stages.emplace_back();
        for (const StageController* controller : kind) stages.push_back(assembly.index_of(*controller));
      }
      units_.push_back({std::move(unit), own.record, core.get()});
    }
  }
}

Activity ActivityReporter::activity() {
  Activity activity;
  const std::vector<StageController>& controllers = assembly_.controllers();
  for (std::size_t s = 0; s < controllers.size(); ++s) activity.stages.push_back(assembly_.core(s).activity(controllers[s]));
  activity.edges = edges();
  activity.units = units();
  activity.links = links();
  activity.routers = transport_.network().routers();
  activity.gates = gates();
  activity.packets = transport_.network().packets();
  activity.flit_hops = transport_.network().flit_hops();
  return activity;
}

Activity ActivityReporter::activity_now() {
  Activity all = activity();
  const std::vector<StageController>& controllers = assembly_.controllers();
  for (std::size_t s = 0; s < controllers.size(); ++s) {
    const std::int64_t now = assembly_.core(s).now();
    all.stages[s].waiting_input_cycles = controllers[s].waited_input(now);
    all.stages[s].waiting_output_cycles = controllers[s].waited_output(now);
  }
  return all;
}

std::vector<EdgeActivity> ActivityReporter::edges() {
  std::vector<EdgeActivity> edges(assembly_.channels().size());
  const auto of = [&edges](const Channel* channel) -> EdgeActivity& { return edges[static_cast<std::size_t>(channel->index())]; };
  std::vector<StageController>& controllers = assembly_.controllers();
  for (std::size_t s = 0; s < controllers.size(); ++s) {
    StageController& controller = controllers[s];
    controller.watch(assembly_.core(s).now());
    for (std::size_t i = 0; i < controller.inputs().size(); ++i) of(controller.inputs()[i]).awaited_cycles = controller.awaited(i);
    for (std::size_t i = 0; i < controller.outputs().size(); ++i) of(controller.outputs()[i]).without_credit_cycles = controller.without_credit(i);
  }
  return edges;
}

std::vector<UnitActivity> ActivityReporter::units() const {
  std::vector<UnitActivity> units;
  for (const auto& [unit, record, core] : units_) {
    std::vector<int> stages;
    for (const auto& kind : unit.stages) stages.insert(stages.end(), kind.begin(), kind.end());
    units.push_back({unit.name, unit.node, std::move(stages), record->worked(core->now()), record->held(core->now())});
  }
  return units;
}

std::vector<LinkActivity> ActivityReporter::links() const {
  const SystemNetworkModule& network = transport_.network();
  const Topology& topology = network.topology();
  std::vector<LinkActivity> links;
  for (int router = 0; router < topology.routers(); ++router) {
    for (int port = 0; port < topology.ports(); ++port) {
      const bool local = port < topology.locals();
      const int to = local ? topology.node_at(router, port) : topology.neighbour(router, port);
      if (to < 0) continue;
      links.push_back({local ? LinkActivity::Kind::eject : LinkActivity::Kind::between, router, to, network.flits_through(router, port)});
    }
  }
  for (int node = 0; node < topology.nodes(); ++node) {
    const std::uint64_t flits = transport_.injected()[static_cast<std::size_t>(node)] + network.flits_between_chips(node);
    links.push_back({LinkActivity::Kind::inject, node, topology.router_of(node), flits});
  }
  const std::vector<LinkActivity> between_chips = network.chip_links();
  links.insert(links.end(), between_chips.begin(), between_chips.end());
  return links;
}

std::vector<GateActivity> ActivityReporter::gates() const {
  std::vector<GateActivity> list = transport_.network().gates();
  for (const Assembly::GatedCore& core : assembly_.gated_cores()) {
    const std::int64_t now = core.timeline->now();
    const PowerGate* gate = core.module == nullptr ? nullptr : core.module->power_gate();
    list.push_back({GateActivity::Unit::core, core.node, gate == nullptr ? now : gate->gated_cycles(now), gate == nullptr ? 0 : gate->wakes()});
  }
  return list;
}

void ActivityReporter::observe(Observer& observer) {
  std::vector<Unit> units;
  for (const auto& [unit, record, core] : units_) {
    record->observe(observer, static_cast<int>(units.size()));
    units.push_back(unit);
  }
  observer.begin(program_, units, clocks_.network.clock());
}

}  // namespace mho::hw
