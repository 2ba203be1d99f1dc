#include "hw/analog_core_module.h"

#include <algorithm>

namespace mho::hw {
namespace {

std::int64_t operations(const Stage& stage) {
  std::int64_t sum = 0;
  for (const ElementWork& work : stage.elements) sum += work.operations;
  return sum;
}

}  // namespace

AnalogCoreModule::AnalogCoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile,
                                   StageFlow& flow)
    : CoreModule(name, timeline),
      flow_(flow),
      input_buffer_("input_buffer"),
      drivers_("drivers", timeline, tile.dac, flow.stage().mvm->inputs),
      tile_("tile", timeline, tile),
      converters_("converters", timeline, tile.adc, tile.conversion_rounds(), flow.stage().mvm->outputs * tile.conversions_per_output()),
      scale_("scale", timeline, tile.scale, flow.stage().mvm->outputs, operations(flow.stage())),
      output_buffer_("output_buffer") {
  drivers_.connect(tile_);
  tile_.connect(converters_);
  converters_.connect(scale_);
  drivers_.when_free([this] { feed(); });
  tile_.when_free([this] {
    flow_.consume(integrated_++);
    drivers_.retry();
  });
  scale_.connect([this](std::int64_t) {
    if (!flow_.offer()) {
      flow_.wait(StageFlow::Wait::output, timeline_.now());
      return false;
    }
    output_buffer_.write(flow_.stage().bits_per_position);
    return true;
  });
}

void AnalogCoreModule::store(StageFlow& /*flow*/, std::int64_t bits) { input_buffer_.write(bits); }

void AnalogCoreModule::feed() {
  if (drivers_.free() && flow_.inputs_ready()) {
    const MvmWork& work = *flow_.stage().mvm;
    input_buffer_.read(static_cast<std::int64_t>(work.inputs) * work.activation_bits);
    drivers_.begin(flow_.start());
  }
  using Wait = StageFlow::Wait;
  flow_.wait(scale_.blocked() ? Wait::output : drivers_.free() ? Wait::input : Wait::none, timeline_.now());
}

void AnalogCoreModule::evaluate() {
  flow_.pump();
  scale_.retry();
  feed();
}

StageActivity AnalogCoreModule::activity(const StageFlow& flow) const {
  StageActivity activity = common(flow);
  activity.mvms = tile_.mvms();
  activity.dac_conversions = drivers_.conversions();
  activity.adc_conversions = converters_.conversions();
  activity.scale_operations = scale_.operations();
  activity.element_operations = scale_.element_operations();
  activity.input_buffer_written_bits = input_buffer_.written_bits();
  activity.input_buffer_read_bits = input_buffer_.read_bits();
  activity.output_buffer_written_bits = output_buffer_.written_bits();
  activity.output_buffer_read_bits = static_cast<std::uint64_t>(flow.output_read_bits());
  activity.busy_cycles = flow.finished() * std::max({drivers_.cycles(), tile_.cycles(), converters_.cycles(), scale_.cycles()});
  return activity;
}

}  // namespace mho::hw
