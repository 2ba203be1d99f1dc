#include "periphery/components.h"

#include <stdexcept>
#include <utility>

#include "periphery/technology/scaling.h"

namespace mho::periphery {

std::string per_name(Per per) {
  switch (per) {
    case Per::tile:
      return "tile";
    case Per::bank:
      return "bank of converters";
    case Per::analog_core:
      return "core";
    case Per::digital_core:
      return "digital core";
    case Per::router:
      return "router";
    case Per::chip:
      return "chip";
  }
  throw std::logic_error("per_name: no such place");
}

Per per_of(const std::string& name) {
  for (const Per per : {Per::tile, Per::bank, Per::analog_core, Per::digital_core, Per::router, Per::chip}) {
    if (per_name(per) == name) return per;
  }
  throw std::out_of_range("no part of a chip is called " + name);
}

Component dac_component(const DacParameters& dac, std::int64_t rows) {
  return {.name = "dac",
          .per = Per::tile,
          .count = rows,
          .events = {{dac_conversion, dac.energy_per_conversion}},
          .area = dac.area,
          .note = dac.cost,
          .source = "tile.dac.energy, tile.dac.area"};
}

Component adc_component(const AdcParameters& adc, std::int64_t converters) {
  return {.name = "adc",
          .per = Per::bank,
          .count = converters,
          .events = {{adc_conversion, adc.energy_per_conversion}},
          .area = adc.area,
          .leakage = adc.leakage,
          .gated = true,
          .note = adc.cost,
          .source = "tile.adc.kind, tile.adc.energy, tile.adc.area, tile.adc.leakage"};
}

Component scale_component(const ScaleParameters& scale) {
  return {.name = "scale",
          .per = Per::bank,
          .count = scale.lanes,
          .events = {{scale_operation, scale.energy_per_operation}},
          .area = scale.area,
          .leakage = scale.leakage,
          .gated = true,
          .logic = true,
          .note = scale.cost,
          .source = "tile.scale.energy, tile.scale.area"};
}

Component shift_add_component(const ScaleParameters& scale, std::int64_t converters) {
  return {.name = "shift_add",
          .per = Per::bank,
          .count = converters,
          .events = {{adc_conversion, scale.shift_energy}},
          .area = scale.shift_area,
          .leakage = scale.shift_leakage,
          .gated = true,
          .logic = true,
          .note = scale.shift_cost,
          .source = "tile.shift_add.energy, tile.shift_add.area"};
}

Component vector_unit_component(const DigitalParameters& digital) {
  return {.name = "digital",
          .per = Per::digital_core,
          .events = {{element_operation, digital.energy_per_operation}},
          .area = digital.area,
          .leakage = digital.leakage,
          .gated = true,
          .logic = true,
          .note = digital.cost,
          .source = "digital.energy, digital.area, digital.leakage"};
}

Component buffer_component(std::string name, const BufferParameters& buffer, Per per, double bits, const std::vector<std::string_view>& written,
                           const std::vector<std::string_view>& read) {
  const MemoryCost model = memory(buffer.kind, buffer.technology, bits);
  Component component{.name = std::move(name),
                      .per = per,
                      .area = buffer.area_per_bit.value_or(model.area_per_bit) * bits,
                      .leakage = buffer.leakage_per_bit.value_or(model.leakage_per_bit) * bits,
                      .own_core_only = true,
                      .note = buffer.cost,
                      .source = "tile.buffer.write_energy, tile.buffer.read_energy, tile.buffer.area, tile.buffer.leakage"};
  // The limits of the memory model matter only if the buffer exists and the model supplies its area and its leakage.
  if (bits > 0 && !buffer.area_per_bit && !buffer.leakage_per_bit) {
    if (std::string outside = outside_memory(buffer.kind, buffer.technology, bits); !outside.empty())
      component.note.outside.push_back(std::move(outside));
  }
  for (const std::string_view event : written) component.events.push_back({event, buffer.write_energy_per_bit.value_or(model.energy_per_bit)});
  for (const std::string_view event : read) component.events.push_back({event, buffer.read_energy_per_bit.value_or(model.energy_per_bit)});
  return component;
}

}  // namespace mho::periphery
