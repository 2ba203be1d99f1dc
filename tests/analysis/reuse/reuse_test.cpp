#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "analysis/design/layer_rules.h"
#include "analysis/experiment/chip_run.h"
#include "analysis/experiment/prepare.h"
#include "analysis/reuse/dependence.h"
#include "analysis/reuse/work_cache.h"
#include "analysis/store/cache.h"
#include "analysis/store/store.h"
#include "base/design_file/parse_value.h"
#include "tests/analysis/store/fixture.h"
#include "workloads/data/dataset.h"

namespace mho::analysis {
namespace {

workloads::Network default_network() { return workloads::import_onnx(MHO_STORE_DATA "/../../../../examples/default_network/strokes.onnx"); }

/// Some other legal value of a key, such as a user might give; empty: none was found.
std::optional<std::string> other_value(const base::Config& config, const base::Declaration& declaration) {
  const base::Value now = config.value(declaration.key);
  std::vector<std::string> candidates = declaration.words;
  if (const auto* flag = std::get_if<bool>(&now)) candidates.emplace_back(*flag ? "false" : "true");
  if (declaration.type == base::ValueType::integer || declaration.type == base::ValueType::real) {
    const double number = std::holds_alternative<std::int64_t>(now) ? static_cast<double>(std::get<std::int64_t>(now))
                          : std::holds_alternative<double>(now)     ? std::get<double>(now)
                                                                    : 1.0;
    for (const double factor : {2.0, 1.5, 0.5}) candidates.push_back(fmt::format("{}", number == 0 ? factor : number * factor));
  }
  std::ranges::reverse(candidates);
  for (const std::string& text : candidates) {
    try {
      if (base::parse_value(declaration, text, "test") == now) continue;
      static_cast<void>(load_design(std::nullopt, {fmt::format("{}={}", declaration.key, text)}));
      return text;
    } catch (const base::UserError&) {
    }
  }
  return std::nullopt;
}

class KeysLeftOut : public testing::Test {
 protected:
  workloads::AnalogEvaluation evaluated(const Design& design, std::string& depends) const {
    const workloads::TiledNetwork tiled = prepare(design, network_, {.calibration = data_.calibration.get(), .calibration_samples = 60});
    workloads::EvaluationOptions options;
    options.times_s = {1, 86400};
    options.repeats = 1;
    options.samples = 12;
    options.label = "";
    depends = accuracy_depends_on(design, tiled, calibration_depends_on(design, tiled, *data_.calibration, 60), *data_.test, options, "");
    return workloads::evaluate_analog(tiled, *data_.test, options);
  }
  workloads::Network network_ = default_network();
  workloads::DataDescription data_ = workloads::default_data();
};

/// The key of an accuracy leaves out what changes no bit of it; where the text is the same the result is.
TEST_F(KeysLeftOut, AccuracyIsTheSameWhereItsTextIs) {
  const Design usual = load_design(std::nullopt);
  std::string depends;
  const std::string expected = packed(evaluated(usual, depends));
  int changed = 0, same = 0;
  for (const base::Declaration& declaration : usual.config.declarations()) {
    if (accuracy_depends_on(declaration.key)) continue;
    const std::optional<std::string> other = other_value(usual.config, declaration);
    if (!other) continue;
    const Design design = load_design(std::nullopt, {fmt::format("{}={}", declaration.key, *other)});
    std::string text;
    std::string found;
    try {
      found = packed(evaluated(design, text));
    } catch (const base::UserError&) {
      continue;  // the network does not fit
    }
    ++changed;
    if (text != depends) continue;  // the Layout is another one
    ++same;
    EXPECT_EQ(found, expected) << declaration.key << "=" << *other;
  }
  EXPECT_GT(changed, 65);
  EXPECT_GT(same, 62);
}

TEST_F(KeysLeftOut, WhatAccuracyDependsOnIsInItsText) {
  for (const char* change : {"tile.adc.bits=6", "tile.rows=64", "tile.noise.output=0.1", "digital.result_format=int8", "tile.coding.pairs=2"}) {
    std::string text, usual;
    const std::string expected = packed(evaluated(load_design(std::nullopt), usual));
    const std::string found = packed(evaluated(load_design(std::nullopt, {change}), text));
    EXPECT_NE(text, usual) << change;
    EXPECT_NE(found, expected) << change;
  }
}

/// Which columns share a converter changes accuracies only where converters differ.
TEST_F(KeysLeftOut, SharedConvertersCountWhereConvertersDiffer) {
  for (const std::string spread : {"", "tile.adc.gain_spread=0.05", "tile.adc.dnl=0.5", "tile.adc.dead_codes=0.1", "tile.adc.offset_spread=0.05"}) {
    const std::vector<std::string> changes = spread.empty() ? std::vector<std::string>{} : std::vector<std::string>{spread};
    std::vector<std::string> more = changes;
    more.emplace_back("tile.adc.mux=2");
    std::string usual, text;
    const std::string expected = packed(evaluated(load_design(std::nullopt, changes), usual));
    const std::string found = packed(evaluated(load_design(std::nullopt, more), text));
    EXPECT_EQ(text == usual, spread.empty()) << spread;
    EXPECT_EQ(found == expected, spread.empty()) << spread;
  }
}

/// The same of what happens on a chip. A chip that takes mapping and estimate of the usual one from the cache has the costs of one without a cache.
TEST_F(KeysLeftOut, AnEstimateIsTheSameWhereItsTextIs) {
  const auto bits_of = [](const ChipResult& result) {
    SimulatedChip chip{.simulation = result.simulation, .times = result.times};
    chip.simulation.wall_s = 0;
    std::string text = packed(chip);
    for (const ComponentCost& component : result.costs.components) {
      text += fmt::format("{} {} {} {}\n", component.name, component.joule, component.leakage_w, component.square_metre);
    }
    return text + fmt::format("{} {} {}", result.costs.energy_per_inference_j, result.costs.area_m2, result.utilisation);
  };
  // One layer has settings of its own.
  const auto loaded = [](const std::vector<std::string>& changes) {
    Design design = load_design(std::nullopt, changes);
    add_layer_rules(design, {"first:tile.adc.mux=4"});
    return design;
  };
  const Design usual = loaded({});
  const workloads::TiledNetwork tiled = prepare(usual, network_);
  const std::string depends = simulation_depends_on(usual, tiled, {}, 0, true);
  MemoryCache memory;
  static_cast<void>(run_chip(usual, tiled, {.estimated = true, .cache = &memory}));
  int same = 0;
  for (const base::Declaration& declaration : usual.config.declarations()) {
    if (simulation_depends_on(declaration.key)) continue;
    const std::optional<std::string> other = other_value(usual.config, declaration);
    if (!other) continue;
    const Design design = loaded({fmt::format("{}={}", declaration.key, *other)});
    const workloads::TiledNetwork own = prepare(design, network_);
    if (simulation_depends_on(design, own, {}, 0, true) != depends) continue;
    ++same;
    EXPECT_EQ(bits_of(run_chip(design, own, {.estimated = true, .cache = &memory})), bits_of(run_chip(design, own, {.estimated = true})))
        << declaration.key << "=" << *other;
  }
  EXPECT_GT(same, 30);
}

/// Calibrations of single matrices that other designs share are those that each design computes.
TEST_F(KeysLeftOut, ACalibrationIsTheSameWhereItsTextIs) {
  constexpr std::size_t samples = 60;
  const auto text_of = [&](const Design& design) {
    std::string all;
    for (const std::string& text : inputs_depend_on(design, prepare(design, network_), *data_.calibration, samples)) all += text;
    return all;
  };
  const auto bits_of = [&](const Design& design, WorkCache* cache) {
    return packed(prepare(design, network_, {.calibration = data_.calibration.get(), .calibration_samples = samples, .cache = cache}).calibration);
  };
  const Design usual = load_design(std::nullopt);
  const std::string expected = bits_of(usual, nullptr), depends = text_of(usual);
  MemoryCache memory;
  EXPECT_EQ(bits_of(usual, &memory), expected);
  int same = 0, others = 0;
  for (const base::Declaration& declaration : usual.config.declarations()) {
    const std::optional<std::string> other = other_value(usual.config, declaration);
    if (!other) continue;
    const Design design = load_design(std::nullopt, {fmt::format("{}={}", declaration.key, *other)});
    std::string own;
    try {
      own = bits_of(design, nullptr);
    } catch (const base::UserError&) {
      continue;  // the network does not fit
    }
    EXPECT_EQ(bits_of(design, &memory), own) << declaration.key << "=" << *other;
    (text_of(design) == depends ? same : others) += 1;
    if (text_of(design) == depends) {
      EXPECT_EQ(own, expected) << declaration.key << "=" << *other;
    }
  }
  EXPECT_GT(same, 100);
  EXPECT_GT(others, 10);
}

TEST_F(KeysLeftOut, ALayerIsCalibratedWithoutTheOthers) {
  constexpr std::size_t samples = 60;
  MemoryCache memory;
  for (const std::vector<std::string>& rules : {std::vector<std::string>{},
                                                {"second=digital"},
                                                {"first:tile.adc.bits=5"},
                                                {"first:tile.dac.bits=5"},
                                                {"first:tile.rows=64"},
                                                {"first=digital"}}) {
    Design design = load_design(std::nullopt);
    add_layer_rules(design, rules);
    const auto calibrate = [&](WorkCache* cache) {
      return packed(prepare(design, network_, {.calibration = data_.calibration.get(), .calibration_samples = samples, .cache = cache}).calibration);
    };
    EXPECT_EQ(calibrate(&memory), calibrate(nullptr)) << (rules.empty() ? "" : rules.front());
  }
  // Designs that differ in one layer share the texts of the others.
  Design one = load_design(std::nullopt), other = load_design(std::nullopt);
  add_layer_rules(one, {"second=digital", "first:tile.adc.bits=5"});
  add_layer_rules(other, {"second:tile.dac.bits=5"});
  const auto texts = [&](const Design& design) { return inputs_depend_on(design, prepare(design, network_), *data_.calibration, samples); };
  const std::vector<std::string> usual = texts(load_design(std::nullopt)), with_digital = texts(one), with_bits = texts(other);
  ASSERT_EQ(usual.size(), 3U);
  EXPECT_EQ(with_digital[0], usual[0]);
  EXPECT_EQ(with_digital[1], "");
  EXPECT_EQ(with_digital[2], usual[2]);
  EXPECT_EQ(with_bits[0], usual[0]);
  EXPECT_NE(with_bits[1], usual[1]);
}

/// The time of a conversion counts, by whichever keys it was set.
TEST_F(KeysLeftOut, TheTimeOfAConversionIsInTheText) {
  const auto key_of = [&](const std::vector<std::string>& changes) {
    const Design design = load_design(std::nullopt, changes);
    return dependence_key(simulation_depends_on(design, prepare(design, network_), {}, 0, true));
  };
  const std::string usual = key_of({});
  EXPECT_EQ(key_of({"tile.adc.bits=6"}), usual);
  EXPECT_NE(key_of({"tile.adc.conversion_time=20ns"}), usual);
  const std::string by_bit = key_of({"tile.adc.timing=bit", "tile.adc.conversion_time=2ns"});
  EXPECT_NE(key_of({"tile.adc.timing=bit", "tile.adc.conversion_time=2ns", "tile.adc.bits=6"}), by_bit);
  EXPECT_EQ(key_of({"tile.adc.conversion_time=16ns"}), by_bit);
}

class CacheTest : public test::DatabaseTest {};

TEST_F(CacheTest, AValueComesBackBitForBitAndDamageIsNoValue) {
  workloads::AnalogEvaluation evaluation;
  evaluation.times.push_back({.time_s = 86400, .by_repeat = {1.0 / 3, 0.1 + 0.2}, .sampling_sem = 1e-300, .by_sample = {{1, 2}, {}}});
  evaluation.nodes.push_back({.node = "fc", .mvm = {}, .snr_db = {std::nullopt, 3.25}, .outside_scales = {}});
  evaluation.nodes.front().mvm.largest_output = 0.1F;
  evaluation.outside_results.push_back({1, 2, 3, 4.5F});
  const std::string bytes = packed(evaluation);
  const auto again = unpacked<workloads::AnalogEvaluation>(bytes);
  ASSERT_TRUE(again);
  EXPECT_EQ(packed(*again), bytes);
  EXPECT_EQ(again->times.front().by_repeat, evaluation.times.front().by_repeat);
  EXPECT_EQ(again->nodes.front().snr_db, evaluation.nodes.front().snr_db);
  for (const std::size_t place : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
    std::string damaged = bytes;
    damaged[place] = static_cast<char>(damaged[place] ^ 1);
    EXPECT_FALSE(unpacked<workloads::AnalogEvaluation>(damaged));
  }
  EXPECT_FALSE(unpacked<workloads::AnalogEvaluation>(bytes.substr(0, bytes.size() / 2)));
  EXPECT_FALSE(unpacked<workloads::AnalogEvaluation>(""));
}

TEST_F(CacheTest, HoldsWhatItWasGivenUpToItsLimit) {
  Store(path_).write([](RowWriter&) {});
  {
    StoredCache cache(path_);
    cache.keep("accuracy", "a", std::string(1000, 'a'), 1);
    cache.keep("accuracy", "b", std::string(1000, '\0'), 2);
    EXPECT_EQ(cache.find("accuracy", "b"), std::string(1000, '\0'));
    EXPECT_EQ(cache.find("calibration", "b"), std::nullopt);
  }
  const CacheContents contents = cache_contents(path_);
  ASSERT_EQ(contents.kinds.size(), 1U);
  EXPECT_EQ(contents.kinds.front().bytes, 2000);
  EXPECT_EQ(contents.kinds.front().seconds, 3);
  execute("UPDATE cache SET used = used - 5 WHERE key = 'a'");
  EXPECT_EQ(limit_cache(path_, 1500), 1);
  StoredCache cache(path_);
  EXPECT_EQ(cache.find("accuracy", "a"), std::nullopt);
  EXPECT_NE(cache.find("accuracy", "b"), std::nullopt);
  execute("UPDATE cache SET used = used - 5");
  cache.keep("accuracy", "c", std::string(1000, 'c'), 1);
  EXPECT_EQ(query("SELECT group_concat(key) FROM cache"), "c");
  cache.keep("accuracy", "too large", std::string(2000, 'c'), 1);
  EXPECT_EQ(query("SELECT group_concat(key) FROM cache"), "c");
  EXPECT_EQ(clear_cache(path_), 1);
  EXPECT_EQ(query("SELECT count(*) FROM cache"), "0");
}

TEST_F(CacheTest, MakesNoFileAndWaitsForOne) {
  {
    StoredCache cache(path_);
    cache.keep("accuracy", "a", "content", 1);
    EXPECT_FALSE(std::filesystem::exists(path_));
    Store(path_).write([](RowWriter&) {});
  }
  EXPECT_EQ(query("SELECT key FROM cache"), "a");
}

TEST_F(CacheTest, ComputesOnce) {
  Store(path_).write([](RowWriter&) {});
  int computed = 0;
  const auto value = [&](WorkCache* cache) {
    return computed_once<double>(cache, "float accuracy", "on this", [&] {
      ++computed;
      const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(60);
      while (std::chrono::steady_clock::now() < end) {
      }
      return 0.1;
    });
  };
  {
    StoredCache cache(path_);
    EXPECT_EQ(value(&cache), 0.1);
    EXPECT_EQ(value(&cache), 0.1);
  }
  StoredCache another(path_);
  EXPECT_EQ(value(&another), 0.1);
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(value(nullptr), 0.1);
  EXPECT_EQ(computed, 2);
}

}  // namespace
}  // namespace mho::analysis
