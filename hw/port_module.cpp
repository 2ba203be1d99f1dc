#include "hw/port_module.h"

namespace mho::hw {

PortModule::PortModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const PortParameters& parameters, StageFlow& source,
                       StageFlow& sink)
    : CoreModule(name, timeline),
      source_(source),
      sink_(sink),
      in_("in", timeline, parameters.bits_per_cycle, source.stage().bits_per_position),
      out_("out", timeline, parameters.bits_per_cycle, sink.stage().bits_per_position) {
  in_.connect([this](std::int64_t) {
    if (source_.offer()) return true;
    source_.wait(StageFlow::Wait::output, timeline_.now());
    return false;
  });
  in_.when_free([this] { feed(source_, in_); });
  out_.connect([this](std::int64_t position) {
    sink_.consume(position);
    sink_.offer();
    left_(sink_.finished());
    return true;
  });
  out_.when_free([this] { feed(sink_, out_); });
}

void PortModule::store(StageFlow& /*flow*/, std::int64_t /*bits*/) {}

void PortModule::feed(StageFlow& flow, PortLaneModule& lane) {
  if (lane.free() && flow.inputs_ready()) lane.begin(flow.start());
  using Wait = StageFlow::Wait;
  flow.wait(lane.blocked() ? Wait::output : lane.free() ? Wait::input : Wait::none, timeline_.now());
}

void PortModule::evaluate() {
  source_.pump();
  in_.retry();
  feed(source_, in_);
  feed(sink_, out_);
}

StageActivity PortModule::activity(const StageFlow& flow) const {
  const PortLaneModule& lane = &flow == &source_ ? in_ : out_;
  StageActivity activity = common(flow);
  activity.port_bits = lane.bits();
  activity.busy_cycles = flow.finished() * lane.cycles();
  return activity;
}

std::vector<CoreModule::OwnUnit> PortModule::units() { return {{"port in", &in_.record(), {{&source_}}}, {"port out", &out_.record(), {{&sink_}}}}; }

}  // namespace mho::hw
