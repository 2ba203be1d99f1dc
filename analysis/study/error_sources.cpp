#include "analysis/study/error_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace mho::analysis {

const std::string converters_source = "converters";

const std::vector<ErrorSource>& error_sources() {
  static const std::vector<ErrorSource> table{
      {converters_source, "", {}},
      {"DAC", converters_source, {"tile.dac.bits=ideal", "tile.dac.rounding=nearest", "tile.dac.coding=pulse_width"}},
      {"ADC", converters_source, {"tile.adc.bits=ideal", "tile.adc.bound=unlimited", "tile.adc.rounding=nearest", "tile.adc.bound_management=off"}},
      {"converter spread", "ADC", {"tile.adc.gain_spread=0", "tile.adc.offset_spread=0"}},
      {"uneven steps", "ADC", {"tile.adc.inl=0", "tile.adc.dnl=0", "tile.adc.dead_codes=0"}},
      {"input noise", "", {"tile.dac.input_noise=0"}},
      {"input asymmetry", "", {"tile.input.asymmetry=off"}},
      {"read noise", "", {"tile.noise.read_kind=off"}},
      {"output noise", "", {"tile.noise.output=0"}},
      {"noise spread", "output noise", {"tile.noise.output_spread=0"}},
      {"voltage offset", "", {"tile.readout.offset=0"}},
      {"series resistance", "", {"tile.readout.series_resistance=0"}},
      {"S-curve", "", {"tile.readout.s_curve=0"}, {"tile.adc.bound"}},
      {"output asymmetry", "", {"tile.readout.asymmetry=0"}},
      {"IR drop", "", {"tile.ir_drop.scale=off", "tile.wires.kind=approximate"}},
      {"weight levels", "", {"tile.device.levels=any"}},
      {"bit slices", "", {"tile.coding.slices=1"}},
      {"stuck devices", "", {"tile.device.stuck_rate=0"}},
      {"devices", "", {"tile.device.kind=ideal", "tile.device.table=", "tile.device.ageing=per_device"}},
      {"programming", "devices", {"tile.device.programming_scale=0"}},
      {"1/f noise", "devices", {"tile.device.read_scale=0"}},
      {"drift", "devices", {"tile.device.drift_scale=0"}},
      {"drift compensation", "drift", {"tile.drift_compensation=none"}, {}, true},
      {"number formats",
       "",
       {"digital.activation_format=float32", "digital.partial_sum_format=float32", "digital.scale_format=float32", "digital.result_format=float32"}},
  };
  return table;
}

namespace {

const ErrorSource& source_of(const std::string& name) {
  const auto found = std::ranges::find(error_sources(), name, &ErrorSource::name);
  if (found == error_sources().end()) throw std::logic_error("there is no source of errors called " + name);
  return *found;
}

/// Whether `source` is `whole` or, directly or indirectly, a part of it.
bool within(const ErrorSource& source, const std::string& whole) {
  if (source.name == whole) return true;
  return !source.part_of.empty() && within(source_of(source.part_of), whole);
}

std::string key_of(const std::string& assignment) { return assignment.substr(0, assignment.find('=')); }

std::string value_text(const base::Value& value) {
  return std::visit([](const auto& held) { return fmt::format("{}", held); }, value);
}

base::Config with(const base::Config& design, const std::set<std::string>& on) {
  std::set<std::string> kept;
  for (const ErrorSource& source : error_sources()) {
    if (on.contains(source.name)) kept.insert(source.keeps.begin(), source.keeps.end());
  }
  base::Config config = design;
  for (const ErrorSource& source : error_sources()) {
    if (on.contains(source.name)) continue;
    for (const std::string& assignment : source.off) {
      if (!kept.contains(key_of(assignment))) config.set(assignment);
    }
  }
  return config;
}

/// Whether switching `source` off changes `design`.
bool changes(const base::Config& design, const ErrorSource& source) {
  base::Config config = design;
  return std::ranges::any_of(source.off, [&](const std::string& assignment) {
    config.set(assignment);
    return config.value(key_of(assignment)) != design.value(key_of(assignment));
  });
}

bool active(const base::Config& design, const ErrorSource& source) {
  if (!source.part_of.empty()) {
    const ErrorSource& whole = source_of(source.part_of);
    if (!whole.off.empty() && !active(design, whole)) return false;
  }
  if (!source.off.empty()) return changes(design, source);
  return std::ranges::any_of(error_sources(), [&](const ErrorSource& part) { return part.part_of == source.name && active(design, part); });
}

}  // namespace

std::vector<ErrorSource> active_sources(const base::Config& design) {
  std::vector<ErrorSource> found;
  for (const ErrorSource& source : error_sources()) {
    if (active(design, source)) found.push_back(source);
  }
  return found;
}

base::Config with_only(const base::Config& design, const std::set<std::string>& on) {
  std::set<std::string> left;
  for (const ErrorSource& source : error_sources()) {
    const bool chosen =
        std::ranges::any_of(on, [&](const std::string& name) { return within(source, name) || within(source_of(name), source.name); });
    if (chosen) left.insert(source.name);
  }
  return with(design, left);
}

base::Config with_none(const base::Config& design, const std::set<std::string>& kept) {
  base::Config config = design;
  for (const ErrorSource& source : error_sources()) {
    for (const std::string& assignment : source.off) {
      const std::string key = key_of(assignment);
      if (!kept.contains(key)) {
        config.set(assignment);
        continue;
      }
      base::Config off = design;
      off.set(assignment);
      if (off.value(key) == design.value(key)) config.set(key + "=" + value_text(design.declaration(key).default_value));
    }
  }
  return config;
}

base::Config without(const base::Config& design, const std::string& source) {
  std::set<std::string> left;
  for (const ErrorSource& any : error_sources()) {
    if (!within(any, source)) left.insert(any.name);
  }
  return with(design, left);
}

}  // namespace mho::analysis
