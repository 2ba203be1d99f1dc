#include "hw/chip/assembly_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "hw/cores/analog_core_module.h"
#include "hw/cores/digital_core_module.h"
#include "hw/cores/programming_core_module.h"

namespace mho::hw {
namespace {

/// Settings of the tiles of the core that runs a stage.
const tiles::TileParameters& tile_of(const Program& program, std::size_t stage, const tiles::TileParameters& of_chip) {
  const auto& work = program.stages[stage].mvm;
  const int settings = work ? work->settings : 0;
  return settings == 0 ? of_chip : program.settings.at(static_cast<std::size_t>(settings));
}

}  // namespace

Assembly::Assembly(const Clocks& clocks, const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, Transport& transport)
    : clocks_(clocks), program_(program), core_of_(program.stages.size()) {
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const Stage::Kind kind = program.stages[s].kind;
    if (kind == Stage::Kind::source) sources_.push_back(s);
    if (kind == Stage::Kind::sink || kind == Stage::Kind::programming) sinks_.push_back(s);
  }
  make_channels();
  make_controllers(chip, transport);
  const std::vector<CorePlan> plans = core_plans(program);
  const bool only_port = std::ranges::count(plans, CorePlan::Kind::port, &CorePlan::kind) == 1;
  for (const CorePlan& plan : plans) make_core(plan, chip, tile, only_port);
  if (chip.core_gating.on) make_gates(chip);
}

void Assembly::make_channels() {
  const auto positions = [this](int stage) { return program_.stages[static_cast<std::size_t>(stage)].positions; };
  channels_.reserve(program_.edges.size());  // controllers point into it
  for (const Edge& edge : program_.edges) {
    channels_.emplace_back(static_cast<int>(channels_.size()), edge, positions(edge.producer), positions(edge.consumer));
  }
}

void Assembly::make_controllers(const ChipParameters& chip, Transport& transport) {
  controllers_.reserve(program_.stages.size());  // cores point into it
  for (const Stage& stage : program_.stages) {
    const bool waits_for_memory = stage.kind == Stage::Kind::source && chip.port.latency.si() > 0;
    const int slots = waits_for_memory ? std::max(chip.output_buffer_positions, chip.port.outstanding) : chip.output_buffer_positions;
    controllers_.emplace_back(stage, slots, transport);
  }
  for (Channel& channel : channels_) {
    controllers_[static_cast<std::size_t>(channel.edge().producer)].add_output(channel);
    consumer(channel).add_input(channel);
  }
}

std::vector<StageController*> Assembly::controllers_of(const std::vector<std::size_t>& stages) {
  std::vector<StageController*> controllers;
  controllers.reserve(stages.size());
  for (const std::size_t stage : stages) controllers.push_back(&controllers_[stage]);
  return controllers;
}

void Assembly::make_core(const CorePlan& plan, const ChipParameters& chip, const tiles::TileParameters& tile, bool only_port) {
  const auto name = [&plan](const char* kind) { return fmt::format("{}_{}", kind, plan.node); };
  switch (plan.kind) {
    case CorePlan::Kind::analog:
      cores_.push_back(std::make_unique<AnalogCoreModule>(name("analog_core").c_str(), clocks_.analog, tile_of(program_, plan.stages.front(), tile),
                                                          controllers_of(plan.stages), chip.shared_converters));
      break;
    case CorePlan::Kind::programming:
      cores_.push_back(std::make_unique<ProgrammingCoreModule>(name("programmed_core").c_str(), clocks_.analog,
                                                               tile_of(program_, plan.stages.front(), tile), controllers_of(plan.stages)));
      break;
    case CorePlan::Kind::digital:
      cores_.push_back(std::make_unique<DigitalCoreModule>(name("digital_core").c_str(), clocks_.digital, tile.digital, controllers_of(plan.stages)));
      break;
    case CorePlan::Kind::port: {
      auto port = std::make_unique<PortModule>((only_port ? "port" : name("port")).c_str(), clocks_.chip, chip.port, controllers_of(plan.stages),
                                               controllers_of(plan.sinks));
      ports_.push_back(port.get());
      cores_.push_back(std::move(port));
      break;
    }
  }
  for (const auto* stages : {&plan.stages, &plan.sinks}) {
    for (const std::size_t stage : *stages) core_of_[stage] = cores_.back().get();
  }
}

void Assembly::make_gates(const ChipParameters& chip) {
  std::map<int, CoreModule*> used;  // by node
  for (std::size_t s = 0; s < core_of_.size(); ++s) used[program_.stages[s].core] = core_of_[s];
  for (int node = 0; node < chip.nodes(); ++node) {
    const CoreKind kind = chip.kind(node);
    if (kind == CoreKind::port) continue;
    const auto core = used.find(node);
    if (core != used.end()) core->second->gate(chip.core_gating);
    gated_cores_.push_back({node, &clocks_.of(kind), core == used.end() ? nullptr : core->second});
  }
}

void Assembly::when_position_left(const std::function<void()>& action) {
  for (PortModule* port : ports_) {
    port->when_left([action](const StageController&) { action(); });
  }
}

}  // namespace mho::hw
