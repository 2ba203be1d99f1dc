#include "hw/core_module.h"

namespace mho::hw {

CoreModule::CoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline) : sc_module(name), timeline_(timeline), event_("wake") {
  SC_HAS_PROCESS(CoreModule);
  SC_METHOD(evaluate);
  sensitive << event_;
  dont_initialize();
}

StageActivity CoreModule::common(const StageFlow& flow) {
  StageActivity activity;
  activity.positions = static_cast<std::uint64_t>(flow.finished());
  activity.waiting_input_cycles = flow.waited_input();
  activity.waiting_output_cycles = flow.waited_output();
  return activity;
}

}  // namespace mho::hw
