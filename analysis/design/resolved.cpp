#include "analysis/design/resolved.h"

#include <functional>
#include <map>
#include <stdexcept>
#include <variant>

#include "hw/spec/components.h"
#include "periphery/technology/scaling.h"

namespace mho::analysis {

namespace {

struct Resolution {
  std::string unit;  ///< unit of the number
  std::function<double(const Design&)> number;
};

/// The cost of a buffer depends on its capacity; the figures shown are those of the input buffer of an analog core.
periphery::MemoryCost of_input_buffer(const Design& design) {
  return periphery::memory(design.tile.buffer.kind, design.chip.technology, hw::input_buffer_bits(design.chip));
}

/// Keys whose words stand for numbers, and the function that reads the number.
const std::map<std::string, Resolution>& resolutions() {
  static const std::map<std::string, Resolution> table{
      {"tile.adc.energy", {"J", [](const Design& d) { return d.tile.adc.energy_per_conversion.si(); }}},
      {"tile.adc.area", {"m2", [](const Design& d) { return d.tile.adc.area.si(); }}},
      {"tile.adc.leakage", {"W", [](const Design& d) { return d.tile.adc.leakage.si(); }}},
      {"tile.dac.energy", {"J", [](const Design& d) { return d.tile.dac.energy_per_conversion.si(); }}},
      {"tile.dac.area", {"m2", [](const Design& d) { return d.tile.dac.area.si(); }}},
      {"tile.scale.energy", {"J", [](const Design& d) { return d.tile.scale.energy_per_operation.si(); }}},
      {"tile.scale.area", {"m2", [](const Design& d) { return d.tile.scale.area.si(); }}},
      {"tile.shift_add.energy", {"J", [](const Design& d) { return d.tile.scale.shift_energy.si(); }}},
      {"tile.shift_add.area", {"m2", [](const Design& d) { return d.tile.scale.shift_area.si(); }}},
      {"tile.buffer.read_energy", {"J/bit", [](const Design& d) { return of_input_buffer(d).energy_per_bit.si(); }}},
      {"tile.buffer.write_energy", {"J/bit", [](const Design& d) { return of_input_buffer(d).energy_per_bit.si(); }}},
      {"tile.buffer.area", {"m2/bit", [](const Design& d) { return of_input_buffer(d).area_per_bit.si(); }}},
      {"tile.buffer.leakage", {"W/bit", [](const Design& d) { return of_input_buffer(d).leakage_per_bit.si(); }}},
      {"tile.array.supply", {"V", [](const Design& d) { return d.tile.supply.si(); }}},
      {"tile.array.cell_area", {"m2", [](const Design& d) { return d.tile.cell_area.si(); }}},
      {"tile.front_end.area", {"m2", [](const Design& d) { return d.tile.front_end.area.si(); }}},
      {"tile.supply.leakage", {"W", [](const Design& d) { return d.tile.regulator.leakage.si(); }}},
      {"tile.supply.area", {"m2", [](const Design& d) { return d.tile.regulator.area.si(); }}},
      {"digital.energy", {"J", [](const Design& d) { return d.tile.digital.energy_per_operation.si(); }}},
      {"digital.area", {"m2", [](const Design& d) { return d.tile.digital.area.si(); }}},
      {"digital.leakage", {"W", [](const Design& d) { return d.tile.digital.leakage.si(); }}},
      {"chip.vdd", {"V", [](const Design& d) { return d.chip.technology.vdd_v; }}},
      {"chip.core_area", {"m2", [](const Design& d) { return d.chip.core_area.si(); }}},
      {"chip.core_energy", {"J", [](const Design& d) { return d.chip.core_energy.si(); }}},
      {"chip.core_leakage", {"W", [](const Design& d) { return d.chip.core_leakage.si(); }}},
      {"noc.link_energy", {"J/bit", [](const Design& d) { return d.chip.noc.link_per_bit_and_metre.si() * base::unit::millimetre.si(); }}},
      {"noc.hop_length", {"m", [](const Design& d) { return d.chip.noc.hop_length.value_or(base::Length(0.0)).si(); }}},
      {"chip.link.area", {"m2", [](const Design& d) { return d.chip.link.area.si(); }}},
      {"chip.link.standing_power", {"W", [](const Design& d) { return d.chip.link.standing_power.si(); }}},
      {"port.area", {"m2", [](const Design& d) { return d.chip.port.area.si(); }}},
      {"port.standing_power", {"W", [](const Design& d) { return d.chip.port.standing_power.si(); }}},
      {"tile.device.g_min", {"uS", [](const Design& d) { return d.tile.device.least_us; }}},
      {"tile.device.g_max", {"uS", [](const Design& d) { return d.tile.device.most_us; }}},
      {"chip.digital_clock", {"Hz", [](const Design& d) { return d.chip.digital_clock.value_or(d.chip.clock).si(); }}},
      {"chip.analog_clock", {"Hz", [](const Design& d) { return d.chip.analog_clock.value_or(d.chip.clock).si(); }}},
      {"noc.clock", {"Hz", [](const Design& d) { return d.chip.network_clock.value_or(d.chip.clock).si(); }}},
      {"noc.energy.buffer_write", {"J", [](const Design& d) { return d.chip.noc.buffer_write.si(); }}},
      {"noc.energy.buffer_read", {"J", [](const Design& d) { return d.chip.noc.buffer_read.si(); }}},
      {"noc.energy.crossbar", {"J", [](const Design& d) { return d.chip.noc.crossbar.si(); }}},
      {"noc.energy.arbitration", {"J", [](const Design& d) { return d.chip.noc.arbitration.si(); }}},
      {"noc.router_area", {"m2", [](const Design& d) { return d.chip.noc.router_area.si(); }}},
      {"noc.router_leakage", {"W", [](const Design& d) { return d.chip.noc.router_leakage.si(); }}},
      {"port.bits_per_cycle", {"", [](const Design& d) { return d.chip.port.bits_per_cycle; }}},
      {"port.energy_per_bit", {"J/bit", [](const Design& d) { return d.chip.port.energy_per_bit.si(); }}},
      {"port.latency", {"s", [](const Design& d) { return d.chip.port.latency.si(); }}},
  };
  return table;
}

}  // namespace

std::optional<double> resolved_number(const Design& design, const std::string& key) {
  const auto found = resolutions().find(key);
  if (found == resolutions().end() || !std::holds_alternative<std::string>(design.config.value(key))) return std::nullopt;
  const auto converted = base::convert_unit(found->second.number(design), found->second.unit, design.config.declaration(key).unit);
  if (!converted) throw std::logic_error("the number of " + key + " does not convert to its declared unit");
  return *converted;
}

}  // namespace mho::analysis
