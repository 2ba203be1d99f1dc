#include "analysis/design/resolved.h"

#include <functional>
#include <map>
#include <stdexcept>
#include <variant>

namespace mho::analysis {

namespace {

struct Resolution {
  std::string unit;  ///< of the number
  std::function<double(const Design&)> number;
};

/// Every key with a word that stands for a number, and where its number is read.
const std::map<std::string, Resolution>& resolutions() {
  static const std::map<std::string, Resolution> table{
      {"tile.adc.energy", {"J", [](const Design& d) { return d.tile.adc.energy_per_conversion.si(); }}},
      {"tile.adc.area", {"m2", [](const Design& d) { return d.tile.adc.area.si(); }}},
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
