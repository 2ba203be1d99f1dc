#include "hw/port_module.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace mho::hw {
namespace {

std::vector<std::int64_t> cycles_of(const std::vector<std::int64_t>& bits, double bits_per_cycle) {
  std::vector<std::int64_t> cycles;
  for (const std::int64_t each : bits) cycles.push_back(static_cast<std::int64_t>(std::ceil(static_cast<double>(each) / bits_per_cycle)));
  return cycles;
}

std::vector<std::int64_t> bits_of(const std::vector<StageFlow*>& flows) {
  std::vector<std::int64_t> bits;
  for (const StageFlow* flow : flows) bits.push_back(flow->stage().bits_per_position);
  return bits;
}

}  // namespace

PortLaneModule::PortLaneModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, double bits_per_cycle,
                               std::vector<std::int64_t> bits)
    : PipelineModule(name, timeline, cycles_of(bits, bits_per_cycle)), bits_(std::move(bits)), moved_(bits_.size(), 0) {}

PortModule::PortModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const PortParameters& parameters,
                       std::vector<StageFlow*> sources, std::vector<StageFlow*> sinks)
    : CoreModule(name, timeline),
      latency_(timeline.clock().cycles(parameters.latency)),
      in_{sources, std::vector<int>(sources.size(), 0), 0, PortLaneModule("in", timeline, parameters.bits_per_cycle, bits_of(sources))},
      out_{sinks, std::vector<int>(sinks.size(), 0), 0, PortLaneModule("out", timeline, parameters.bits_per_cycle, bits_of(sinks))},
      here_("here") {
  SC_HAS_PROCESS(PortModule);
  SC_METHOD(deliver);
  sensitive << here_;
  dont_initialize();
  in_.module.connect([this](std::int64_t) {
    const std::size_t index = moving_in_.front();
    StageFlow& source = *in_.flows[index];
    if (latency_ > 0) {
      moving_in_.pop_front();
      const std::int64_t cycle = timeline_.now() + latency_;
      if (on_their_way_.empty()) timeline_.notify(here_, cycle);
      on_their_way_.emplace_back(cycle, index);
      return true;
    }
    if (!source.offer()) {
      source.wait(StageFlow::Wait::output, timeline_.now());
      return false;
    }
    if (with_place(in_)) --in_.places[index];
    moving_in_.pop_front();
    return true;
  });
  in_.module.when_free([this] { feed(in_); });
  out_.module.connect([this](std::int64_t position) {
    StageFlow& sink = *out_.flows[moving_out_.front()];
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
    if (!in_.flows[index]->offer()) throw std::logic_error("a position came from memory without a place in its output buffer");
    --in_.places[index];
  }
  if (!on_their_way_.empty()) timeline_.notify(here_, on_their_way_.front().first);
}

void PortModule::store(StageFlow& /*flow*/, std::int64_t /*bits*/) {}

void PortModule::feed(Lane& lane) {
  const auto may_begin = [&](std::size_t index) {
    return lane.flows[index]->inputs_ready() && (!with_place(lane) || lane.flows[index]->room(lane.places[index]));
  };
  if (lane.module.free()) {
    for (std::size_t i = 1; i <= lane.flows.size(); ++i) {
      const std::size_t index = (lane.last + i) % lane.flows.size();
      if (!may_begin(index)) continue;
      lane.last = index;
      if (with_place(lane)) ++lane.places[index];
      (&lane == &in_ ? moving_in_ : moving_out_).push_back(index);
      lane.module.begin(lane.flows[index]->start(), index);
      break;
    }
  }
  using Wait = StageFlow::Wait;
  for (std::size_t i = 0; i < lane.flows.size(); ++i) {
    const bool for_readers = lane.module.blocked() || (with_place(lane) && lane.flows[i]->inputs_ready() && !may_begin(i));
    // A source has its inputs, or no inference to begin.
    const bool for_input = &lane == &out_ && lane.module.free();
    lane.flows[i]->wait(for_readers ? Wait::output : for_input ? Wait::input : Wait::none, timeline_.now());
  }
}

void PortModule::evaluate() {
  for (StageFlow* source : in_.flows) source->pump();
  in_.module.retry();
  feed(in_);
  feed(out_);
}

StageActivity PortModule::activity(const StageFlow& flow) const {
  const Lane& lane = flow.stage().kind == Stage::Kind::source ? in_ : out_;
  const auto index = static_cast<std::size_t>(std::ranges::find(lane.flows, &flow) - lane.flows.begin());
  StageActivity activity = common(flow);
  activity.port_bits = lane.module.bits(index);
  activity.busy_cycles = flow.finished() * lane.module.cycles(index);
  return activity;
}

std::vector<CoreModule::OwnUnit> PortModule::units() {
  std::vector<OwnUnit> units;
  const auto add = [&units](const char* name, Lane& lane) {
    if (lane.flows.empty()) return;
    OwnUnit unit{name, &lane.module.record(), {}};
    for (const StageFlow* flow : lane.flows) unit.flows.push_back({flow});
    units.push_back(std::move(unit));
  };
  add("port in", in_);
  add("port out", out_);
  return units;
}

}  // namespace mho::hw
