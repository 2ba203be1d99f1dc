#include "periphery/vector_unit_module.h"

#include <stdexcept>

namespace mho::periphery {

VectorUnitModule::VectorUnitModule(sc_core::sc_module_name name, const Timeline& timeline, const DigitalParameters& parameters)
    : sc_module(name), timeline_(timeline), depth_(parameters.pipeline_depth), lanes_(parameters.lanes), done_("done") {
  SC_HAS_PROCESS(VectorUnitModule);
  SC_METHOD(run);
  sensitive << done_;
  dont_initialize();
}

void VectorUnitModule::begin(std::int64_t operations, std::size_t kind) {
  if (!free()) throw std::logic_error("a vector unit was given a job while it worked on another");
  kind_ = kind;
  record_.change(UnitState::working, kind, timeline_.now());
  timeline_.notify(done_, timeline_.now() + cycles(operations));
}

void VectorUnitModule::finish() {
  record_.change(UnitState::free, kind_, timeline_.now());
  done_action_();
}

}  // namespace mho::periphery
