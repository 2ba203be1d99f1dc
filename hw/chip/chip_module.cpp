#include "hw/chip/chip_module.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "hw/chip/standstill.h"

namespace mho::hw {

ChipModule::ChipModule(sc_core::sc_module_name name, const Clocks& clocks, const Program& program, const ChipParameters& chip,
                       const tiles::TileParameters& tile)
    : sc_module(name),
      program_(program),
      transport_(clocks, program, chip),
      assembly_(clocks, program, chip, tile, transport_),
      reporter_(clocks, program, assembly_, transport_) {
  transport_.connect(assembly_);
  assembly_.when_position_left([this] { position_left(); });
}

void ChipModule::compute_with(FunctionalInterface& functional, std::vector<PacketFault> faults) {
  std::vector<StageController>& controllers = assembly_.controllers();
  for (std::size_t s = 0; s < controllers.size(); ++s) controllers[s].compute_with(functional, program_, static_cast<int>(s));
  for (Channel& channel : assembly_.channels()) channel.keep_values();
  transport_.apply(PacketFaults(std::move(faults)));
}

void ChipModule::observe(Observer& observer) {
  observer_ = &observer;
  transport_.observe(observer);
  reporter_.observe(observer);
}

void ChipModule::position_left() {
  const std::int64_t left = inferences_left();
  if (left <= last_reported_) return;
  last_reported_ = left;
  if (observer_ != nullptr) observer_->inference_left(left, present_time());
  inference_left_(left);
}

void ChipModule::allow_inferences(std::int64_t count) {
  for (const std::size_t source : assembly_.sources()) {
    assembly_.controllers()[source].allow_inferences(count);
    assembly_.core(source).wake();
  }
}

std::int64_t ChipModule::inferences_begun() const {
  std::int64_t begun = 0;
  for (const std::size_t source : assembly_.sources()) {
    const std::int64_t per_inference = program_.stages[source].positions;
    begun = std::max(begun, (assembly_.controllers()[source].started() + per_inference - 1) / per_inference);
  }
  return begun;
}

std::int64_t ChipModule::inferences_left() const {
  std::int64_t left = std::numeric_limits<std::int64_t>::max();
  for (const std::size_t sink : assembly_.sinks()) {
    left = std::min(left, assembly_.controllers()[sink].finished() / program_.stages[sink].positions);
  }
  return left;
}

const std::deque<Values>& ChipModule::left() const {
  const std::vector<std::size_t>& sinks = assembly_.sinks();
  const auto own = std::ranges::find_if(
      sinks, [this](std::size_t sink) { return program_.stages[sink].kind == Stage::Kind::sink && !program_.stages[sink].memory; });
  return assembly_.controllers()[own == sinks.end() ? sinks.front() : *own].left();
}

void ChipModule::restart_waiting() {
  std::vector<StageController>& controllers = assembly_.controllers();
  for (std::size_t s = 0; s < controllers.size(); ++s) controllers[s].restart_waiting(assembly_.core(s).now());
}

std::string ChipModule::waiting_list(std::int64_t inferences) const { return hw::waiting_list(program_, assembly_.controllers(), inferences); }

std::string ChipModule::imbalance(std::int64_t inferences) const {
  const SystemNetworkModule& network = transport_.network();
  for (int chip = 0; chip < network.topology().chips(); ++chip) {
    std::string wrong = hw::imbalance(network.mesh(chip));
    if (!wrong.empty()) return wrong;
  }
  if (!network.links_drained()) return "packets are left on a link between chips";
  return hw::imbalance(program_, assembly_.controllers(), assembly_.channels(), inferences);
}

}  // namespace mho::hw
