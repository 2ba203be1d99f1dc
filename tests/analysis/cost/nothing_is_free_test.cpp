// Each key that buys something has a price, in the direction in which it buys: the costs of a chip rise, or the value is refused.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/cost/full_load.h"
#include "analysis/design/design.h"
#include "base/error.h"

namespace mho::analysis {
namespace {

/// What a chip costs, in ways that a price can appear. The energy of the full load is no price: it also rises where more work is done.
std::map<std::string, double> prices(const CostTable& load) {
  std::map<std::string, double> all{{"area", load.square_metre},
                                    {"area per multiply-accumulate", load.square_metre / load.multiply_accumulates},
                                    {"leakage", load.leakage_w},
                                    {"interval", load.interval_s}};
  for (const CostLine& line : load.lines) {
    all["energy of " + line.component + ", " + line.event] = line.joule_per_event;
    all["area of " + line.component] += line.square_metre;
    all["leakage of " + line.component] += line.leakage_w;
  }
  return all;
}

struct Outcome {
  std::string refusal;  ///< empty: the whole range is legal
  std::string price;    ///< that rose; empty: none
};

/// Where a key that holds a word by default, or has no meaning at the default, begins.
std::vector<std::string> setting_for(const std::string& key) {
  if (key == "tile.dac.read_time") return {"tile.dac.coding=amplitude"};
  if (key == "tile.coding.slices") return {"tile.coding.bits_per_slice=1"};
  if (key.starts_with("chip.link.")) return {"chip.count=2"};
  if (key == "noc.hop_length") return {"noc.hop_length=2 mm"};
  if (key == "port.bits_per_cycle") return {"port.bits_per_cycle=64"};
  if (key == "chip.digital_clock" || key == "chip.analog_clock" || key == "noc.clock") return {key + "=1 GHz"};
  return {};
}

Outcome try_direction(const base::Declaration& declaration) {
  std::vector<std::string> set = setting_for(declaration.key);
  const Design start = load_design(std::nullopt, set);
  const std::map<std::string, double> before = prices(full_load(start));
  const base::Value& held = start.config.value(declaration.key);
  double value = std::holds_alternative<std::int64_t>(held) ? static_cast<double>(std::get<std::int64_t>(held)) : std::get<double>(held);
  const bool up = declaration.buys == base::Buys::more;
  const double end = up ? declaration.maximum : declaration.minimum;
  set.emplace_back();
  Outcome outcome;
  std::map<std::string, double> after = before;
  for (bool last = false; !last;) {
    value = up ? value * 2 : value / 2;
    if (declaration.type == base::ValueType::integer) value = std::floor(value);
    last = up ? value >= end : value <= std::max(end, 1e-9);
    if (last) value = end;
    set.back() =
        fmt::format("{}={}", declaration.key, declaration.type == base::ValueType::integer ? fmt::format("{:.0f}", value) : fmt::format("{}", value));
    try {
      after = prices(full_load(load_design(std::nullopt, set)));
    } catch (const base::UserError& error) {
      outcome.refusal = error.what();
      break;
    }
    constexpr double rise = 1.003;
    for (const auto& [name, cost] : after) {
      if (before.contains(name) ? cost > rise * before.at(name) : cost > 0) outcome.price = name;
    }
    if (!outcome.price.empty()) break;
  }
  return outcome;
}

TEST(NothingIsFree, EveryKeyThatBuysHasAPriceOrALimit) {
  int keys = 0;
  for (const base::Declaration& declaration : all_declarations()) {
    if (declaration.buys == base::Buys::nothing) continue;
    ++keys;
    const Outcome outcome = try_direction(declaration);
    EXPECT_TRUE(!outcome.refusal.empty() || !outcome.price.empty())
        << declaration.key << " can be " << (declaration.buys == base::Buys::more ? "raised" : "lowered") << " to its limit for nothing";
  }
  EXPECT_GE(keys, 33);
}

/// What has to be set for a word to mean something, and to keep it legal.
std::vector<std::string> setting_for_step(const std::string& key) {
  if (key == "tile.dac.bit_sum" || key == "tile.dac.sign") return {"tile.dac.coding=bit_serial"};
  if (key == "chip.converters") return {"chip.tiles_per_core=2"};
  if (key == "tile.buffer.kind") return {"chip.digital_buffer=1 MiB", "chip.input_buffer=1 MiB"};
  return {};
}

/// Prices that a word may have: those of numbers, and what each block takes for a multiply-accumulate.
std::map<std::string, double> prices_of_words(std::vector<std::string> set) {
  const CostTable load = full_load(load_design(std::nullopt, std::move(set)));
  std::map<std::string, double> all = prices(load);
  for (const CostLine& line : load.lines) all["energy of " + line.component + " per multiply-accumulate"] += line.joule / load.multiply_accumulates;
  return all;
}

TEST(NothingIsFree, EveryWordThatBuysHasAPriceOrIsRefused) {
  int words = 0;
  for (const base::Declaration& declaration : all_declarations()) {
    for (const base::Step& step : declaration.steps) {
      ++words;
      std::vector<std::string> set = setting_for_step(declaration.key);
      set.push_back(declaration.key + "=" + step.from);
      const std::map<std::string, double> before = prices_of_words(set);
      set.back() = declaration.key + "=" + step.to;
      std::string price;
      try {
        for (const auto& [name, cost] : prices_of_words(set)) {
          constexpr double rise = 1.003;
          if (before.contains(name) ? cost > rise * before.at(name) : cost > 0) price = name;
        }
      } catch (const base::UserError& error) {
        price = error.what();
      }
      EXPECT_FALSE(price.empty()) << declaration.key << " goes from " << step.from << " to " << step.to << " for nothing";
    }
  }
  EXPECT_GE(words, 23);
}

// A word that is no longer legal would make the test above pass for the wrong reason.
TEST(NothingIsFree, StepsNameLegalWords) {
  for (const base::Declaration& declaration : all_declarations()) {
    for (const base::Step& step : declaration.steps) {
      for (const std::string& word : {step.from, step.to}) {
        std::vector<std::string> set = setting_for_step(declaration.key);
        set.push_back(declaration.key + "=" + word);
        EXPECT_NO_THROW(load_design(std::nullopt, set)) << set.back();
      }
    }
  }
}

// Arrays of static cells: 30 % more than the published cell for each bit, which leaks.
TEST(FullLoad, StaticCells) {
  const std::vector<std::string> set{"tile.device.kind=ideal", "tile.device.levels=16", "tile.array.cell=sram"};
  const CostTable load = full_load(load_design(std::nullopt, set));
  const auto array = std::ranges::find(load.components, "array", &ComponentCost::name);
  const double cells = 7.0 * 128 * 128 * 2 * 4;  // tiles, weights, devices, bits
  EXPECT_NEAR(array->square_metre, cells * 1.3 * 0.0588e-12, 1e-9 * array->square_metre);
  EXPECT_NEAR(array->leakage_w, cells * 10e-12, 1e-9 * array->leakage_w);
  EXPECT_THROW(load_design(std::nullopt, {"tile.array.cell=sram"}), base::UserError) << "phase-change devices are no bits";
}

// A converter of many bits needs a large capacitor where it holds charges, and none where the array waits for it.
TEST(FullLoad, ReadOutOfManyBits) {
  const auto area = [](std::vector<std::string> more) {
    more.insert(more.end(), {"tile.adc.bits=16", "chip.vdd=0.5 V", "chip.threshold=low", "chip.clock=10 MHz"});
    const CostTable load = full_load(load_design(std::nullopt, more));
    return std::ranges::find(load.components, "front_end", &ComponentCost::name)->square_metre / (7 * 128) * 1e12;
  };
  EXPECT_NEAR(area({"tile.adc.pipelined=false"}), 1485, 1e-6);
  // kT/C of a quarter of a step of 0.5 V / 2^16: 1.1 nF, at 2 fF/um2.
  EXPECT_NEAR(area({"tile.adc.pipelined=true"}), 1485 + 10 + 1.380649e-23 * 298.15 / std::pow(0.5 / 65536 / 4, 2) / 2e-15, 1);
}

// The examples that began it.
TEST(NothingIsFree, KnownWaysToCheatAreClosed) {
  const auto refused = [](const std::string& one) {
    try {
      load_design(std::nullopt, {one});
      return false;
    } catch (const base::UserError&) {
      return true;
    }
  };
  for (const char* one : {"chip.clock=100 GHz", "tile.dac.time_per_level=1 ps", "tile.array.read_voltage=1 mV", "noc.hop_length=0 mm",
                          "tile.adc.conversion_time=1 ps", "tile.dac.settling=0 ns"}) {
    EXPECT_TRUE(refused(one)) << one;
  }
  const CostTable usual = full_load(load_design(std::nullopt, {}));
  const auto of = [](const std::string& one) { return full_load(load_design(std::nullopt, {one})); };
  EXPECT_GT(of("digital.lanes=65536").square_metre, 2 * usual.square_metre);
  EXPECT_GT(of("port.bits_per_cycle=1e6").square_metre, 2 * usual.square_metre);
  const auto of_buffer = [](const CostTable& load) { return std::ranges::find(load.components, "digital_buffer", &ComponentCost::name)->joule; };
  EXPECT_GT(of_buffer(of("chip.digital_buffer=1 GiB")), 10 * of_buffer(usual)) << "a large memory takes more energy a bit";
  const CostTable dynamic = of("tile.buffer.kind=edram");
  EXPECT_LT(of_buffer(dynamic), of_buffer(usual));
  EXPECT_GT(dynamic.leakage_w, usual.leakage_w) << "cells of charge are refreshed";
  EXPECT_LT(of("tile.adc.bits=2").joule, usual.joule);
  EXPECT_LT(of("tile.coding.kind=offset").square_metre, usual.square_metre) << "one device a weight";
}

TEST(FullLoad, LinesAddUpToTheTotals) {
  for (const std::vector<std::string>& set :
       {std::vector<std::string>{}, {"tile.coding.slices=4", "chip.tiles_per_core=2"}, {"chip.technology=32 nm"}}) {
    const CostTable load = full_load(load_design(std::nullopt, set));
    double joule = 0, area = 0, leakage = 0;
    for (const CostLine& line : load.lines) {
      EXPECT_NEAR(line.joule, line.events * line.joule_per_event, 1e-12 * line.joule) << line.component;
      joule += line.joule;
      area += line.square_metre;
      leakage += line.leakage_w;
    }
    EXPECT_NEAR(joule / load.joule, 1, 1e-12);
    EXPECT_NEAR(area / load.square_metre, 1, 1e-12);
    EXPECT_NEAR(leakage / load.leakage_w, 1, 1e-12);
  }
}

TEST(FullLoad, LevelsAddUpToTheChip) {
  for (const std::vector<std::string>& set : {std::vector<std::string>{},
                                              {"chip.tiles_per_core=2"},
                                              {"chip.tiles_per_core=2", "chip.converters=own"},
                                              {"chip.digital_cores=0"},
                                              {"chip.count=3"}}) {
    const CostTable load = full_load(load_design(std::nullopt, set));
    const auto sum = [&](const auto& of) {
      double all = 0;
      for (const CostLevel& level : load.levels) {
        if (level.name != "tile" && level.name != "chip") all += static_cast<double>(level.count) * of(level);
      }
      return all;
    };
    const CostLevel& chip = load.levels.back();
    ASSERT_EQ(chip.name, "chip");
    const auto chips = static_cast<double>(chip.count);  // a level is one of its kind
    EXPECT_NEAR(chips * chip.energy.nominal / (load.joule + load.leakage_w * load.interval_s), 1, 1e-12);
    EXPECT_NEAR(chips * chip.area.nominal / load.square_metre, 1, 1e-12);
    EXPECT_NEAR(chips * chip.leakage.nominal / load.leakage_w, 1, 1e-12);
    double joule = 0, area = 0, leakage = 0;  // of what lies in no core and no router
    for (const ComponentCost& component : load.components) {
      if (component.per != periphery::Per::chip) continue;
      joule += component.joule + component.leakage_w * load.interval_s;
      area += component.square_metre;
      leakage += component.leakage_w;
    }
    EXPECT_NEAR((sum([](const CostLevel& level) { return level.energy.nominal; }) + joule) / (chips * chip.energy.nominal), 1, 1e-12);
    EXPECT_NEAR((sum([](const CostLevel& level) { return level.area.nominal; }) + area) / (chips * chip.area.nominal), 1, 1e-12);
    EXPECT_NEAR((sum([](const CostLevel& level) { return level.leakage.nominal; }) + leakage) / (chips * chip.leakage.nominal), 1, 1e-12);
    for (const CostLevel& level : load.levels) {
      EXPECT_LT(level.energy.low, level.energy.nominal) << level.name;
      EXPECT_GT(level.energy.high, level.energy.nominal) << level.name;
    }
  }
}

// By hand, from the declared parameters alone.
TEST(FullLoad, EnergyOfConvertersAndArray) {
  const Design design =
      load_design(std::nullopt, {"chip.mesh.width=2", "chip.mesh.height=2", "chip.digital_cores=1", "tile.rows=64", "tile.columns=32",
                                 "tile.adc.energy=2 pJ", "tile.array.line_capacitance=0 fF", "tile.array.gate_capacitance=0 fF"});
  const CostTable load = full_load(design);
  const auto line = [&](const std::string& component, const std::string& event) {
    return *std::ranges::find_if(load.lines, [&](const CostLine& one) { return one.component == component && one.event == event; });
  };
  // Two tiles: 2 x 32 conversions; 64 x 32 pairs of which one device holds 0.27 of 25 uS, 0.2 V from 0.8 V for a fifth of 127 ns.
  EXPECT_NEAR(line("adc", "adc_conversion").joule, 2 * 32 * 2e-12, 1e-20);
  EXPECT_NEAR(line("array", "mvm").joule, 2 * 64 * 32 * 0.27 * 25e-6 * 0.2 * 0.8 * 0.2 * 127e-9, 1e-15);
  // Read-out: 4 times the full scale of 10 cells of 25 uS.
  EXPECT_NEAR(line("front_end", "adc_conversion").joule_per_event, 4 * 10 * 25e-6 * 0.2 * 0.8 * 127e-9, 1e-18);
  EXPECT_NEAR(load.multiply_accumulates, 2 * 64 * 32, 0);
  EXPECT_NEAR(load.interval_s, 132e-9, 1e-15) << "settling and integration";
}

}  // namespace
}  // namespace mho::analysis
