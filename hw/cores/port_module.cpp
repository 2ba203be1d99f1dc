#include "hw/cores/port_module.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace mho::hw {
namespace {

std::vector<std::int64_t> cycles_of(const std::vector<std::int64_t>& bits, double bits_per_cycle) {
  std::vector<std::int64_t> cycles;
  cycles.reserve(bits.size());
  for (const std::int64_t each : bits) cycles.push_back(static_cast<std::int64_t>(std::ceil(static_cast<double>(each) / bits_per_cycle)));
  return cycles;
}

std::vector<std::int64_t> bits_of(const std::vector<StageController*>& controllers) {
  std::vector<std::int64_t> bits;
  bits.reserve(controllers.size());
  for (const StageController* controller : controllers) bits.push_back(controller->stage().bits_per_position);
  return bits;
}

}  // namespace

PortDirectionModule::PortDirectionModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, double bits_per_cycle,
                                         std::vector<std::int64_t> bits)
    : PipelineModule(name, timeline, cycles_of(bits, bits_per_cycle)), bits_(std::move(bits)), moved_(bits_.size(), 0) {}

PortModule::PortModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const PortParameters& parameters,
                       const std::vector<StageController*>& sources, const std::vector<StageController*>& sinks)
    : CoreModule(name, timeline),
      latency_(timeline.clock().cycles(parameters.latency)),
      in_{sources, std::vector<int>(sources.size(), 0), 0, PortDirectionModule("in", timeline, parameters.bits_per_cycle, bits_of(sources))},
      out_{sinks, std::vector<int>(sinks.size(), 0), 0, PortDirectionModule("out", timeline, parameters.bits_per_cycle, bits_of(sinks))},
      here_("here") {
  SC_HAS_PROCESS(PortModule);
  SC_METHOD(run_deliver);
  sensitive << here_;
  dont_initialize();
  in_.module.connect([this](std::int64_t) {
    const std::size_t index = moving_in_.front();
    StageController& source = *in_.controllers[index];
    if (latency_ > 0) {
      moving_in_.pop_front();
      const std::int64_t cycle = timeline_.now() + latency_;
      if (on_their_way_.empty()) timeline_.notify(here_, cycle);
      on_their_way_.emplace_back(cycle, index);
      return true;
    }
    if (!source.offer()) {
      source.wait(StageController::Wait::output, timeline_.now());
      return false;
    }
    if (with_place(in_)) --in_.places[index];
    moving_in_.pop_front();
    return true;
  });
  in_.module.when_free([this] { feed(in_); });
  out_.module.connect([this](std::int64_t position) {
    StageController& sink = *out_.controllers[moving_out_.front()];
    moving_out_.pop_front();
    sink.consume(position);
    sink.offer();
    left_(sink);
    return true;
  });
  out_.module.when_free([this] { feed(out_); });
}

void PortModule::deliver() {
  while (!on_their_way_.empty() && on_their_way_.front().first <= timeline_.now()) {
    const std::size_t index = on_their_way_.front().second;
    on_their_way_.pop_front();
    if (!in_.controllers[index]->offer()) throw std::logic_error("a position came from memory without a place in its output buffer");
    --in_.places[index];
  }
  if (!on_their_way_.empty()) timeline_.notify(here_, on_their_way_.front().first);
}

void PortModule::store(StageController& /*controller*/, std::int64_t /*bits*/) {}

void PortModule::feed(PortDirection& direction) {
  const auto may_begin = [&](std::size_t index) {
    return direction.controllers[index]->inputs_ready() && (!with_place(direction) || direction.controllers[index]->room(direction.places[index]));
  };
  if (direction.module.free()) {
    for (std::size_t i = 1; i <= direction.controllers.size(); ++i) {
      const std::size_t index = (direction.last + i) % direction.controllers.size();
      if (!may_begin(index)) continue;
      direction.last = index;
      if (with_place(direction)) ++direction.places[index];
      (&direction == &in_ ? moving_in_ : moving_out_).push_back(index);
      direction.module.begin(direction.controllers[index]->start(), index);
      break;
    }
  }
  using Wait = StageController::Wait;
  for (std::size_t i = 0; i < direction.controllers.size(); ++i) {
    const bool for_readers = direction.module.blocked() || (with_place(direction) && direction.controllers[i]->inputs_ready() && !may_begin(i));
    // A source never waits for inputs: it has them, or no further inference begins.
    const bool for_input = &direction == &out_ && direction.module.free();
    direction.controllers[i]->wait(for_readers ? Wait::output : for_input ? Wait::input : Wait::none, timeline_.now());
  }
}

void PortModule::evaluate() {
  for (StageController* source : in_.controllers) source->pump();
  in_.module.retry();
  feed(in_);
  feed(out_);
}

StageActivity PortModule::activity(const StageController& controller) const {
  const PortDirection& direction = controller.stage().kind == Stage::Kind::source ? in_ : out_;
  const std::size_t index = index_of(controller, direction.controllers);
  StageActivity activity = common(controller);
  activity.port_bits = direction.module.bits(index);
  activity.busy_cycles = controller.finished() * direction.module.cycles(index);
  return activity;
}

std::vector<CoreModule::OwnUnit> PortModule::units() {
  std::vector<OwnUnit> units;
  const auto add = [&units](const char* name, PortDirection& direction) {
    if (direction.controllers.empty()) return;
    OwnUnit unit{name, &direction.module.record(), {}};
    for (const StageController* controller : direction.controllers) unit.controllers.push_back({controller});
    units.push_back(std::move(unit));
  };
  add("port in", in_);
  add("port out", out_);
  return units;
}

}  // namespace mho::hw
