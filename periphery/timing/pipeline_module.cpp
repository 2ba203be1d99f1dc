#include "periphery/timing/pipeline_module.h"

#include <stdexcept>
#include <utility>

namespace mho::periphery {

PipelineModule::PipelineModule(sc_core::sc_module_name name, const Timeline& timeline, std::int64_t cycles)
    : PipelineModule(name, timeline, std::vector{cycles}) {}

PipelineModule::PipelineModule(sc_core::sc_module_name name, const Timeline& timeline, std::vector<std::int64_t> cycles)
    : sc_module(name), timeline_(timeline), cycles_(std::move(cycles)), done_("done") {
  SC_HAS_PROCESS(PipelineModule);
  SC_METHOD(run);
  sensitive << done_;
  dont_initialize();
}

void PipelineModule::connect(PipelineModule& next) {
  next_ = &next;
  next.when_free([this] { retry(); });
}

void PipelineModule::begin(std::int64_t position, std::size_t kind, std::int64_t more) {
  if (!free()) throw std::logic_error("a pipeline unit was given a position while it held another");
  position_ = position;
  kind_ = kind;
  record_.change(UnitState::working, kind, timeline_.now());
  count(kind);
  timeline_.notify(done_, timeline_.now() + cycles_.at(kind) + more);
}

void PipelineModule::finish() {
  held_ = true;
  if (held_state_ != UnitState::working) record_.change(held_state_, kind_, timeline_.now());
  retry();
}

void PipelineModule::retry() {
  if (!blocked()) return;
  if (next_ != nullptr) {
    if (!next_->free()) return;
    next_->begin(position_, kind_);
  } else if (!sink_(position_)) {
    return;
  }
  held_ = false;
  record_.change(UnitState::free, kind_, timeline_.now());
  if (freed_) freed_();
}

}  // namespace mho::periphery
