#include "hw/chip/chip_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "base/error.h"
#include "hw/cores/analog_core_module.h"
#include "hw/cores/digital_core_module.h"
#include "hw/cores/programming_core_module.h"

namespace mho::hw {

ChipModule::ChipModule(sc_core::sc_module_name name, const Clocks& clocks, const Program& program, const ChipParameters& chip,
                       const tiles::TileParameters& tile)
    : sc_module(name),
      clocks_(clocks),
      program_(program),
      flit_bits_(chip.noc.flit_bits),
      multicast_(chip.noc.multicast),
      buffer_flits_(chip.noc.buffer_flits),
      mesh_("mesh", clocks.network, chip.mesh_width, chip.mesh_height, chip.noc),
      crossings_("crossings", clocks, chip, mesh_),
      core_of_(program.stages.size()) {
  crossings_.connect(*this);
  const auto stage = [&program](int index) -> const Stage& { return program.stages[static_cast<std::size_t>(index)]; };
  streams_.reserve(program.edges.size());  // controllers point into it
  for (const Edge& edge : program.edges) {
    streams_.emplace_back(static_cast<int>(streams_.size()), edge, stage(edge.producer).positions, stage(edge.consumer).positions);
  }
  controllers_.reserve(program.stages.size());
  for (const Stage& each : program.stages) {
    const bool waits_for_memory = each.kind == Stage::Kind::source && chip.port.latency.si() > 0;
    const int slots = waits_for_memory ? std::max(chip.output_buffer_positions, chip.port.outstanding) : chip.output_buffer_positions;
    controllers_.push_back(StageController(each, slots, *this));
  }
  for (Channel& stream : streams_) {
    producer(stream).add_output(stream);
    consumer(stream).add_input(stream);
  }
  make_cores(chip, tile);
  if (chip.core_gating.on) make_gates(chip);
}

void ChipModule::make_cores(const ChipParameters& chip, const tiles::TileParameters& tile) {
  std::map<int, std::vector<std::size_t>> digital, analog, programmed;                 // by node
  std::map<int, std::pair<std::vector<std::size_t>, std::vector<std::size_t>>> ports;  // by node: sources, sinks
  for (std::size_t s = 0; s < program_.stages.size(); ++s) {
    const Stage& stage = program_.stages[s];
    switch (stage.kind) {
      case Stage::Kind::source:
        sources_.push_back(s);
        ports[stage.core].first.push_back(s);
        break;
      case Stage::Kind::sink:
        sinks_.push_back(s);
        ports[stage.core].second.push_back(s);
        break;
      case Stage::Kind::digital:
        digital[stage.core].push_back(s);
        break;
      case Stage::Kind::analog:
        analog[stage.core].push_back(s);
        break;
      case Stage::Kind::programming:
        sinks_.push_back(s);
        programmed[stage.core].push_back(s);
        break;
    }
  }
  const auto flows_of = [&](const std::vector<std::size_t>& stages) {
    std::vector<StageController*> controllers;
    for (std::size_t s : stages) controllers.push_back(&controllers_[s]);
    return controllers;
  };
  const auto add = [&](std::unique_ptr<CoreModule> core, const std::vector<std::size_t>& stages) {
    for (std::size_t s : stages) core_of_[s] = core.get();
    cores_.push_back(std::move(core));
  };
  const auto tile_of = [&](std::size_t stage) -> const tiles::TileParameters& {
    const auto& work = program_.stages[stage].mvm;
    const int settings = work ? work->settings : 0;
    return settings == 0 ? tile : program_.settings.at(static_cast<std::size_t>(settings));
  };
  for (const auto& [node, stages] : analog) {
    add(std::make_unique<AnalogCoreModule>(fmt::format("analog_core_{}", node).c_str(), clocks_.analog, tile_of(stages.front()), flows_of(stages),
                                           chip.shared_converters),
        stages);
  }
  for (const auto& [node, stages] : programmed) {
    add(std::make_unique<ProgrammingCoreModule>(fmt::format("programmed_core_{}", node).c_str(), clocks_.analog, tile_of(stages.front()),
                                                flows_of(stages)),
        stages);
  }
  for (const auto& [node, stages] : digital) {
    add(std::make_unique<DigitalCoreModule>(fmt::format("digital_core_{}", node).c_str(), clocks_.digital, tile.digital, flows_of(stages)), stages);
  }
  for (const auto& [node, ends] : ports) {
    const std::string name = ports.size() == 1 ? "port" : fmt::format("port_{}", node);
    auto port = std::make_unique<PortModule>(name.c_str(), clocks_.chip, chip.port, flows_of(ends.first), flows_of(ends.second));
    port->when_left([this](const StageController&) {
      const std::int64_t left = inferences_left();
      if (left <= last_reported_) return;
      last_reported_ = left;
      if (observer_ != nullptr) observer_->inference_left(left, present());
      inference_left_(left);
    });
    for (const auto* stages : {&ends.first, &ends.second}) {
      for (const std::size_t stage : *stages) core_of_[stage] = port.get();
    }
    cores_.push_back(std::move(port));
  }
  for (const auto& core : cores_) {
    for (const CoreModule::OwnUnit& own : core->units()) {
      Unit unit{own.name, static_cast<int>(own.controllers.front().front()->stage().core), core->clock(), {}};
      for (const auto& kind : own.controllers) unit.stages.push_back(indices(kind));
      units_.push_back({std::move(unit), own.record, core.get()});
    }
  }
  injected_.assign(static_cast<std::size_t>(chip.nodes()), 0);
}

void ChipModule::make_gates(const ChipParameters& chip) {
  std::map<int, CoreModule*> used;
  for (std::size_t s = 0; s < core_of_.size(); ++s) used[program_.stages[s].core] = core_of_[s];
  for (int node = 0; node < chip.nodes(); ++node) {
    const CoreKind kind = chip.kind(node);
    if (kind == CoreKind::port) continue;
    const auto core = used.find(node);
    if (core != used.end()) core->second->gate(chip.core_gating);
    gated_cores_.push_back({node, &clocks_.of(kind), core == used.end() ? nullptr : core->second});
  }
}

std::vector<GateActivity> ChipModule::gates() const {
  std::vector<GateActivity> list = mesh_.gates();
  for (const GatedCore& core : gated_cores_) {
    const std::int64_t now = core.timeline->now();
    const PowerGate* gate = core.module == nullptr ? nullptr : core.module->power_gate();
    list.push_back({GateActivity::Unit::core, core.node, gate == nullptr ? now : gate->gated_cycles(now), gate == nullptr ? 0 : gate->wakes()});
  }
  return list;
}

void ChipModule::allow_inferences(std::int64_t count) {
  for (const std::size_t source : sources_) {
    controllers_[source].allow_inferences(count);
    core_of_[source]->wake();
  }
}

std::int64_t ChipModule::inferences_begun() const {
  std::int64_t begun = 0;
  for (const std::size_t source : sources_) {
    const std::int64_t per_inference = program_.stages[source].positions;
    begun = std::max(begun, (controllers_[source].started() + per_inference - 1) / per_inference);
  }
  return begun;
}

std::int64_t ChipModule::inferences_left() const {
  std::int64_t left = std::numeric_limits<std::int64_t>::max();
  for (const std::size_t sink : sinks_) left = std::min(left, controllers_[sink].finished() / program_.stages[sink].positions);
  return left;
}

const std::deque<Values>& ChipModule::left() const {
  const auto own = std::ranges::find_if(
      sinks_, [this](std::size_t sink) { return program_.stages[sink].kind == Stage::Kind::sink && !program_.stages[sink].memory; });
  return controllers_[own == sinks_.end() ? sinks_.front() : *own].left();
}

void ChipModule::restart_waiting() {
  for (std::size_t s = 0; s < controllers_.size(); ++s) controllers_[s].restart_waiting(core_of_[s]->now());
}

void ChipModule::compute_with(FunctionalInterface& functional, std::vector<PacketFault> faults) {
  for (std::size_t s = 0; s < controllers_.size(); ++s) controllers_[s].compute_with(functional, program_, static_cast<int>(s));
  for (Channel& stream : streams_) stream.keep_values();
  faults_ = std::move(faults);
}

int ChipModule::keep(Values values) {
  if (free_payloads_.empty()) {
    payloads_.push_back(std::move(values));
    return static_cast<int>(payloads_.size()) - 1;
  }
  const int handle = free_payloads_.back();
  free_payloads_.pop_back();
  payloads_[static_cast<std::size_t>(handle)] = std::move(values);
  return handle;
}

Values ChipModule::give(int payload) {
  if (payload < 0) return {};
  free_payloads_.push_back(payload);
  return std::move(payloads_[static_cast<std::size_t>(payload)]);
}

bool ChipModule::apply_faults(Packet& packet, std::int64_t position, Values& values) const {
  for (const PacketFault& fault : faults_) {
    const bool next = fault.kind == PacketFault::Kind::swap && position == fault.packet + 1;
    if (fault.edge != packet.stream || (position != fault.packet && !next)) continue;
    switch (fault.kind) {
      case PacketFault::Kind::drop:
        return false;
      case PacketFault::Kind::swap:
        packet.value += next ? -1 : 1;
        break;
      case PacketFault::Kind::misroute:
        packet.to = fault.target;
        break;
      case PacketFault::Kind::redirect:  // on its arrival
        break;
      case PacketFault::Kind::corrupt:
        if (!values.empty()) values.front() += 1.0F;
        break;
    }
    break;
  }
  return true;
}

Channel& ChipModule::received_on(const Packet& packet) {
  int index = packet.stream;
  for (const PacketFault& fault : faults_) {
    if (fault.kind == PacketFault::Kind::redirect && fault.edge == index && fault.packet == packet.value) index = fault.target;
  }
  return streams_[static_cast<std::size_t>(index)];
}

void ChipModule::fail(std::exception_ptr why) {
  if (failure_ != nullptr) return;
  failure_ = std::move(why);
  sc_core::sc_stop();
}

Packet ChipModule::packet_of(const Channel& stream, std::int64_t position) const {
  const Edge& edge = stream.edge();
  Packet packet;
  packet.from = program_.stages[static_cast<std::size_t>(edge.producer)].core;
  packet.to = program_.stages[static_cast<std::size_t>(edge.consumer)].core;
  packet.message_class = edge.message_class;
  packet.flits = 1 + static_cast<int>((edge.bits_per_position + flit_bits_ - 1) / flit_bits_);
  packet.stream = stream.index();
  packet.value = position;
  return packet;
}

void ChipModule::send_position(Channel& stream, std::int64_t position, Values values) {
  Packet packet = packet_of(stream, position);
  if (!faults_.empty() && !apply_faults(packet, position, values)) {
    stream.end_send();
    return;
  }
  if (!values.empty()) packet.payload = keep(std::move(values));
  crossings_.send(packet);
}

/// A packet with a fault is one of its own, and so is one that stays in its node.
bool ChipModule::together(const Channel& one, const Channel& other) const {
  if (!multicast_ || !faults_.empty()) return false;
  const auto node = [this](int stage) { return program_.stages[static_cast<std::size_t>(stage)].core; };
  const auto may = [&](const Edge& edge) {
    return edge.content >= 0 && edge.message_class == MessageClass::activation && node(edge.producer) != node(edge.consumer);
  };
  const Edge& a = one.edge();
  const Edge& b = other.edge();
  return may(a) && may(b) && a.content == b.content && a.bits_per_position == b.bits_per_position && packet_of(one, 0).flits <= buffer_flits_;
}

void ChipModule::send_position(const std::vector<Channel*>& streams, std::int64_t position, std::vector<Values> values) {
  Packet packet = packet_of(*streams.front(), position);
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const int node = program_.stages[static_cast<std::size_t>(streams[i]->edge().consumer)].core;
    packet.receivers.push_back({.node = node, .stream = streams[i]->index(), .payload = values[i].empty() ? -1 : keep(std::move(values[i]))});
  }
  crossings_.send(packet);
}

void ChipModule::send_credits(Channel& stream, std::int64_t credits) {
  Packet packet;
  packet.from = program_.stages[static_cast<std::size_t>(stream.edge().consumer)].core;
  packet.to = program_.stages[static_cast<std::size_t>(stream.edge().producer)].core;
  packet.message_class = MessageClass::control;
  packet.stream = stream.index();
  packet.value = credits;
  crossings_.send(packet);
}

void ChipModule::packet_sent(const Packet& packet) {
  if (packet.from != packet.to || !packet.receivers.empty()) {
    injected_[static_cast<std::size_t>(packet.from)] += static_cast<std::uint64_t>(packet.flits);
    if (observer_ != nullptr) observer_->packet_sent(packet, present());
  }
  if (packet.message_class == MessageClass::control) return;
  const auto sent = [this](int index) -> Channel& {
    Channel& stream = streams_[static_cast<std::size_t>(index)];
    stream.end_send();
    return stream;
  };
  for (std::size_t i = 1; i < packet.receivers.size(); ++i) sent(packet.receivers[i].stream);
  core(sent(packet.stream).edge().producer).wake();
}

void ChipModule::packet_arrived(const Packet& packet) {
  if (observer_ != nullptr && packet.from != packet.to) observer_->packet_arrived(packet, present());
  if (packet.message_class == MessageClass::control) {
    Channel& granted = streams_[static_cast<std::size_t>(packet.stream)];
    granted.grant(packet.value);
    core(granted.edge().producer).wake();
    return;
  }
  Channel& stream = received_on(packet);
  const Edge& edge = stream.edge();
  const Stage& reader = program_.stages[static_cast<std::size_t>(edge.consumer)];
  const bool right_node = packet.to == reader.core;
  if (!right_node || !stream.arrive(packet.value, give(packet.payload))) {
    const std::string why =
        right_node ? "which had received it before" : fmt::format("which does not run '{}' (node {} does)", reader.name, reader.core);
    return fail(std::make_exception_ptr(
        base::UserError(fmt::format("position {} of edge {} reached node {} in cycle {}, {}; the network or the program is at fault", packet.value,
                                    text(edge), packet.to, clocks_.network.now(), why),
                        base::ExitCode::failed_check)));
  }
  core(stream.edge().consumer).store(consumer(stream), stream.edge().bits_per_position);
  core(stream.edge().consumer).wake();
}

Activity ChipModule::activity() {
  Activity activity;
  for (std::size_t s = 0; s < controllers_.size(); ++s) activity.stages.push_back(core_of_[s]->activity(controllers_[s]));
  activity.edges.resize(streams_.size());
  for (std::size_t s = 0; s < controllers_.size(); ++s) {
    StageController& controller = controllers_[s];
    controller.watch(core_of_[s]->now());
    const auto of = [&](const Channel* stream) -> EdgeActivity& { return activity.edges[static_cast<std::size_t>(stream->index())]; };
    for (std::size_t i = 0; i < controller.inputs().size(); ++i) of(controller.inputs()[i]).awaited_cycles = controller.awaited(i);
    for (std::size_t i = 0; i < controller.outputs().size(); ++i) of(controller.outputs()[i]).without_credit_cycles = controller.without_credit(i);
  }
  for (const auto& [unit, record, core] : units_) {
    std::vector<int> stages;
    for (const auto& kind : unit.stages) stages.insert(stages.end(), kind.begin(), kind.end());
    activity.units.push_back({unit.name, unit.node, std::move(stages), record->worked(core->now()), record->held(core->now())});
  }
  activity.links = links();
  activity.routers = mesh_.routers();
  activity.gates = gates();
  activity.packets = mesh_.packets();
  activity.flit_hops = mesh_.flit_hops();
  return activity;
}

Activity ChipModule::activity_now() {
  Activity all = activity();
  for (std::size_t s = 0; s < controllers_.size(); ++s) {
    all.stages[s].waiting_input_cycles = controllers_[s].waited_input(core_of_[s]->now());
    all.stages[s].waiting_output_cycles = controllers_[s].waited_output(core_of_[s]->now());
  }
  return all;
}

std::vector<LinkActivity> ChipModule::links() const {
  const Noc& network = mesh_.network();
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
    links.push_back({LinkActivity::Kind::inject, node, topology.router_of(node), injected_[static_cast<std::size_t>(node)]});
  }
  return links;
}

base::SimTime ChipModule::present() { return base::SimTime::from_femtoseconds(static_cast<std::int64_t>(sc_core::sc_time_stamp().value())); }

std::vector<int> ChipModule::indices(const std::vector<const StageController*>& controllers) const {
  std::vector<int> stages;
  for (const StageController* controller : controllers) stages.push_back(static_cast<int>(controller - controllers_.data()));
  return stages;
}

void ChipModule::observe(Observer& observer) {
  observer_ = &observer;
  std::vector<Unit> units;
  for (const auto& [unit, record, core] : units_) {
    record->observe(observer, static_cast<int>(units.size()));
    units.push_back(unit);
  }
  observer.begin(program_, units, clocks_.network.clock());
}

std::string ChipModule::text(const Edge& edge) const {
  return fmt::format("'{}' -> '{}'", program_.stages[static_cast<std::size_t>(edge.producer)].name,
                     program_.stages[static_cast<std::size_t>(edge.consumer)].name);
}

std::string ChipModule::waiting_list(std::int64_t inferences) const {
  std::string list;
  for (const StageController& controller : controllers_) {
    const Stage& stage = controller.stage();
    const std::int64_t total = inferences * stage.positions;
    std::string causes;
    if (controller.started() < total) {
      for (const Channel* stream : controller.inputs()) {
        const std::int64_t missing = stream->need(controller.started()) - stream->arrived();
        if (missing > 0) causes += fmt::format(", {} more position{} on edge {}", missing, missing == 1 ? "" : "s", text(stream->edge()));
      }
    }
    for (const Channel* stream : controller.outputs()) {
      if (stream->sent() < controller.finished() && stream->sent() >= stream->granted()) {
        causes += fmt::format(", credits (0 of {}) on edge {}", stream->edge().capacity, text(stream->edge()));
      }
    }
    if (causes.empty() && controller.finished() == total) continue;
    if (causes.empty()) causes = ", its own core";
    list +=
        fmt::format("{}'{}' ({} of {} positions) waits for{}", list.empty() ? "" : "; ", stage.name, controller.finished(), total, causes.substr(1));
  }
  return list;
}

std::string ChipModule::imbalance(std::int64_t inferences) const {
  if (mesh_.flits_injected() + mesh_.flits_copied() != mesh_.flits_ejected()) {
    return fmt::format("{} flits entered the network, {} more were made of them where ways part, and {} left it", mesh_.flits_injected(),
                       mesh_.flits_copied(), mesh_.flits_ejected());
  }
  if (!mesh_.drained()) return "the network is empty but not all of its credits are back";
  for (const Channel& stream : streams_) {
    if (!stream.restored()) return fmt::format("credits of edge {} are missing or left over", text(stream.edge()));
  }
  for (const StageController& controller : controllers_) {
    if (controller.finished() != inferences * controller.stage().positions) {
      return fmt::format("stage '{}' made {} positions in {} inferences of {}", controller.stage().name, controller.finished(), inferences,
                         controller.stage().positions);
    }
  }
  return "";
}

}  // namespace mho::hw
