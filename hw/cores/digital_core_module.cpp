#include "hw/cores/digital_core_module.h"

#include <stdexcept>

namespace mho::hw {

DigitalCoreModule::DigitalCoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline,
                                     const periphery::DigitalParameters& parameters, const std::vector<StageController*>& controllers)
    : CoreModule(name, timeline), unit_("vector_unit", timeline, parameters), last_(controllers.size() - 1) {
  for (StageController* controller : controllers) {
    Slot slot;
    slot.controller = controller;
    for (const ElementWork& work : controller->stage().elements) slot.operations += work.operations;
    slots_.push_back(slot);
  }
  unit_.when_done([this] { finish(); });
}

void DigitalCoreModule::store(StageController& controller, std::int64_t bits) {
  slots_[index_of(controller)].written_bits += static_cast<std::uint64_t>(bits);
}

void DigitalCoreModule::finish() {
  Slot& slot = slots_[*working_];
  working_.reset();
  end_position();
  const std::int64_t freed = slot.controller->consume(slot.controller->finished()), operands = slot.controller->stage().operand_bits;
  slot.read_bits += static_cast<std::uint64_t>(operands > 0 ? operands : freed);
  if (!slot.controller->offer()) throw std::logic_error("a vector unit finished a position without a place in its output buffer");
  evaluate();
}

void DigitalCoreModule::evaluate() {
  using Wait = StageController::Wait;
  const std::int64_t now = timeline_.now();
  std::optional<std::size_t> chosen;
  for (std::size_t i = 1; i <= slots_.size(); ++i) {
    const std::size_t candidate = (last_ + i) % slots_.size();
    Slot& slot = slots_[candidate];
    slot.controller->pump();
    if (working_ == candidate) {
      slot.controller->watch(now);
      continue;
    }
    const bool inputs = slot.controller->inputs_ready();
    const bool ready = inputs && slot.controller->room();
    slot.controller->wait(!inputs ? Wait::input : !ready ? Wait::output : Wait::none, now);
    if (!ready) {
      slot.ready_since.reset();
      continue;
    }
    if (!slot.ready_since) slot.ready_since = now;
    if (!chosen || *slot.ready_since < *slots_[*chosen].ready_since) chosen = candidate;
  }
  if (!chosen || !unit_.free() || !awake()) return;
  begin_position();
  Slot& slot = slots_[*chosen];
  slot.ready_since.reset();
  slot.controller->start();
  slot.controller->wait(Wait::none, now);
  working_ = last_ = *chosen;
  unit_.begin(slot.operations, *chosen);
}

StageActivity DigitalCoreModule::activity(const StageController& controller) const {
  const Slot& own = slots_[index_of(controller)];
  StageActivity activity = common(controller);
  activity.element_operations = activity.positions * static_cast<std::uint64_t>(own.operations);
  activity.input_buffer_written_bits = own.written_bits;
  activity.input_buffer_read_bits = own.read_bits;
  activity.output_buffer_written_bits = static_cast<std::uint64_t>(controller.output_written_bits());
  activity.output_buffer_read_bits = static_cast<std::uint64_t>(controller.output_read_bits());
  activity.busy_cycles = controller.finished() * unit_.cycles(own.operations);
  return activity;
}

std::vector<CoreModule::OwnUnit> DigitalCoreModule::units() {
  OwnUnit unit{"vector unit", &unit_.record(), {}};
  for (const Slot& slot : slots_) unit.controllers.push_back({slot.controller});
  return {unit};
}

}  // namespace mho::hw
