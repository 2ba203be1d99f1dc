#include "hw/analog_core_module.h"

#include <algorithm>

namespace mho::hw {
namespace {

std::int64_t operations(const Stage& stage) {
  std::int64_t sum = 0;
  for (const ElementWork& work : stage.elements) sum += work.operations;
  return sum;
}

std::int64_t most_operations(const std::vector<StageFlow*>& flows) {
  std::int64_t most = 0;
  for (const StageFlow* flow : flows) most = std::max(most, operations(flow->stage()));
  return most;
}

}  // namespace

AnalogCoreModule::AnalogCoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile,
                                   std::vector<StageFlow*> flows)
    : CoreModule(name, timeline),
      flows_(std::move(flows)),
      in_flight_(flows_.size(), 0),
      input_buffer_("input_buffer"),
      drivers_("drivers", timeline, tile.dac, flows_[0]->stage().mvm->inputs),
      tile_("tile", timeline, tile),
      converters_("converters", timeline, tile.adc, tile.conversion_rounds(), flows_[0]->stage().mvm->outputs * tile.conversions_per_output()),
      scale_("scale", timeline, tile.scale, flows_[0]->stage().mvm->outputs, most_operations(flows_)),
      output_buffer_("output_buffer"),
      integrated_(flows_.size(), 0) {
  drivers_.connect(tile_);
  tile_.connect(converters_);
  converters_.connect(scale_);
  drivers_.when_free([this] { feed(); });
  tile_.when_free([this] {
    const std::size_t index = to_integrate_.front();
    to_integrate_.pop_front();
    flows_[index]->consume(integrated_[index]++);
    drivers_.retry();
  });
  scale_.connect([this](std::int64_t) {
    const std::size_t index = to_finish_.front();
    StageFlow& flow = *flows_[index];
    if (!flow.offer()) {
      flow.wait(StageFlow::Wait::output, timeline_.now());
      return false;
    }
    to_finish_.pop_front();
    --in_flight_[index];
    output_buffer_.write(flow.stage().bits_per_position);
    return true;
  });
}

void AnalogCoreModule::store(StageFlow& /*flow*/, std::int64_t bits) { input_buffer_.write(bits); }

bool AnalogCoreModule::ready(std::size_t index) const {
  const StageFlow& flow = *flows_[index];
  return flow.inputs_ready() && (flows_.size() == 1 || flow.room(in_flight_[index]));
}

void AnalogCoreModule::feed() {
  if (drivers_.free()) {
    for (std::size_t i = 1; i <= flows_.size(); ++i) {
      const std::size_t index = (last_ + i) % flows_.size();
      if (!ready(index)) continue;
      StageFlow& flow = *flows_[index];
      const MvmWork& work = *flow.stage().mvm;
      input_buffer_.read(static_cast<std::int64_t>(work.inputs) * work.activation_bits);
      to_integrate_.push_back(index);
      to_finish_.push_back(index);
      ++in_flight_[index];
      last_ = index;
      drivers_.begin(flow.start());
      break;
    }
  }
  using Wait = StageFlow::Wait;
  for (std::size_t i = 0; i < flows_.size(); ++i) {
    StageFlow& flow = *flows_[i];
    const bool for_readers = scale_.blocked() || (flows_.size() > 1 && flow.inputs_ready() && !flow.room(in_flight_[i]));
    flow.wait(for_readers ? Wait::output : drivers_.free() ? Wait::input : Wait::none, timeline_.now());
  }
}

void AnalogCoreModule::evaluate() {
  for (StageFlow* flow : flows_) flow->pump();
  scale_.retry();
  feed();
}

std::int64_t AnalogCoreModule::finished() const {
  std::int64_t sum = 0;
  for (const StageFlow* flow : flows_) sum += flow->finished();
  return sum;
}

StageActivity AnalogCoreModule::activity(const StageFlow& flow) const {
  StageActivity activity = common(flow);
  // Every position costs the same, so a stage's share of the core's events is that of its positions.
  const auto own = static_cast<std::uint64_t>(flow.finished()), all = static_cast<std::uint64_t>(finished());
  const auto share = [&](std::uint64_t events) { return flows_.size() == 1 ? events : all == 0 ? 0 : events * own / all; };
  activity.mvms = share(tile_.mvms());
  activity.dac_conversions = share(drivers_.conversions());
  activity.adc_conversions = share(converters_.conversions());
  activity.scale_operations = share(scale_.operations());
  activity.element_operations = flows_.size() == 1 ? scale_.element_operations() : own * static_cast<std::uint64_t>(operations(flow.stage()));
  activity.input_buffer_written_bits = share(input_buffer_.written_bits());
  activity.input_buffer_read_bits = share(input_buffer_.read_bits());
  activity.output_buffer_written_bits = share(output_buffer_.written_bits());
  activity.output_buffer_read_bits = static_cast<std::uint64_t>(flow.output_read_bits());
  activity.busy_cycles = flow.finished() * std::max({drivers_.cycles(), tile_.cycles(), converters_.cycles(), scale_.cycles()});
  return activity;
}

}  // namespace mho::hw
