#include "analysis/study/nonidealities.h"

#include <fmt/format.h>

#include <cmath>

#include "analysis/study/error_sources.h"

namespace mho::analysis {

namespace {

// Choice: legal values have wider ranges, but results do not change beyond these.
constexpr SearchRange bits{.mild = 16, .severe = 2, .whole = true};
constexpr SearchRange levels{.mild = 1024, .severe = 2, .whole = true};
constexpr SearchRange noise{.mild = 1e-4, .severe = 10};
constexpr SearchRange factor{.mild = 1e-2, .severe = 100};
constexpr SearchRange share{.mild = 1e-5, .severe = 1};
// Choice: one device can matter, and a large network has millions.
constexpr SearchRange rate{.mild = 1e-8, .severe = 1};

const std::set<std::string> device{"tile.device.kind", "tile.device.table", "tile.device.ageing"};
const std::set<std::string> bound{"tile.adc.bound"};

}  // namespace

const std::vector<Nonideality>& nonidealities() {
  static const std::vector<Nonideality> table{
      {"DAC bits", "bit", {"tile.dac.bits"}, bits},
      {"ADC bits", "bit", {"tile.adc.bits"}, bits, {}, bound},
      {"ADC gain spread", "", {"tile.adc.gain_spread"}, share, {"tile.adc.calibration=0"}},
      {"input noise", "", {"tile.dac.input_noise"}, noise},
      {"input asymmetry", "", {"tile.input.asymmetry"}, share},
      {"output noise", "", {"tile.noise.output"}, noise},
      {"read noise", "", {"tile.noise.read"}, noise, {"tile.noise.read_kind=pcm"}},
      {"read noise, constant", "", {"tile.noise.read"}, noise, {"tile.noise.read_kind=constant"}},
      {"device noise", "x", {"tile.device.programming_scale", "tile.device.read_scale"}, factor, {"tile.device.drift_scale=0"}, device},
      {"programming, constant",
       "x",
       {"tile.device.programming_scale"},
       factor,
       {"tile.device.kind=state_independent", "tile.device.read_scale=0", "tile.device.drift_scale=0"}},
      {"drift, uncompensated", "x", {"tile.device.drift_scale"}, factor, {"tile.device.programming_scale=0", "tile.device.read_scale=0"}, device},
      {"weight levels", "", {"tile.device.levels"}, levels},
      {"stuck at zero", "", {"tile.device.stuck_rate"}, rate, {"tile.device.stuck_at=zero"}},
      {"stuck at g_max", "", {"tile.device.stuck_rate"}, rate, {"tile.device.stuck_at=g_max"}},
      {"IR drop", "x", {"tile.ir_drop.scale"}, {.mild = 1e-2, .severe = 1000}, {"tile.wires.kind=approximate"}},
      {"S-curve", "", {"tile.readout.s_curve"}, {.mild = 1e-3, .severe = 100}, {"tile.readout.s_curve_correction=0"}, bound},
      {"voltage offset", "", {"tile.readout.offset"}, share},
      {"output asymmetry", "", {"tile.readout.asymmetry"}, share},
  };
  return table;
}

namespace {

base::Config with_ranges(base::Config config) {
  config.set("tile.input_range.kind=calibrated");
  config.set("tile.input_range.method=max");
  return config;
}

}  // namespace

base::Config ideal_tile(const base::Config& design) { return with_ranges(with_none(design, {})); }

base::Config ideal_but(const base::Config& design, const Nonideality& nonideality, double value) {
  base::Config config = with_ranges(with_none(design, nonideality.keeps));
  for (const std::string& assignment : nonideality.fixed) config.set(assignment);
  for (const std::string& key : nonideality.keys) {
    config.set(nonideality.range.whole ? fmt::format("{}={}", key, std::llround(value)) : fmt::format("{}={}", key, value));
  }
  return config;
}

}  // namespace mho::analysis
