#include "hw/cores/core_module.h"

namespace mho::hw {

CoreModule::CoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline)
    : sc_module(name), timeline_(timeline), event_("wake"), on_("on") {
  SC_HAS_PROCESS(CoreModule);
  SC_METHOD(run);
  sensitive << event_ << on_;
  dont_initialize();
}

void CoreModule::gate(const GatingParameters& parameters) {
  if (parameters.on) gate_.emplace(parameters);
}

bool CoreModule::awake() {
  if (!gate_ || gate_->ask(timeline_.now())) return true;
  timeline_.notify(on_, gate_->on_from());
  return false;
}

void CoreModule::begin_position() {
  if (gate_) gate_->hold();
}

void CoreModule::end_position() {
  if (gate_) gate_->release(timeline_.now());
}

StageActivity CoreModule::common(const StageController& controller) {
  StageActivity activity;
  activity.positions = static_cast<std::uint64_t>(controller.finished());
  activity.waiting_input_cycles = controller.waited_input();
  activity.waiting_output_cycles = controller.waited_output();
  return activity;
}

}  // namespace mho::hw
