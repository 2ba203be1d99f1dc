#include "periphery/components.h"

#include <utility>

namespace mho::periphery {

Component dac_component(const DacParameters& dac, std::int64_t rows) {
  return {.name = "dac",
          .per = Per::tile,
          .count = rows,
          .events = {{dac_conversion, dac.energy_per_conversion}},
          .area = dac.area,
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
          .source = "tile.adc.energy, tile.adc.area, tile.adc.leakage"};
}

Component scale_component(const ScaleParameters& scale) {
  return {.name = "scale",
          .per = Per::bank,
          .count = scale.lanes,
          .events = {{scale_operation, scale.energy_per_operation}},
          .area = scale.area,
          .source = "tile.scale.energy, tile.scale.area"};
}

Component vector_unit_component(const DigitalParameters& digital) {
  return {.name = "digital",
          .per = Per::digital_core,
          .events = {{element_operation, digital.energy_per_operation}},
          .area = digital.area,
          .leakage = digital.leakage,
          .gated = true,
          .source = "digital.energy, digital.area, digital.leakage"};
}

Component buffer_component(std::string name, const BufferParameters& buffer, Per per, double bits, std::string_view written_bit,
                           std::string_view read_bit) {
  Component component{.name = std::move(name),
                      .per = per,
                      .area = buffer.area_per_bit * bits,
                      .leakage = buffer.leakage_per_bit * bits,
                      .source = "tile.buffer.write_energy, tile.buffer.read_energy, tile.buffer.area, tile.buffer.leakage"};
  if (!written_bit.empty()) component.events.push_back({written_bit, buffer.write_energy_per_bit});
  if (!read_bit.empty()) component.events.push_back({read_bit, buffer.read_energy_per_bit});
  return component;
}

}  // namespace mho::periphery
