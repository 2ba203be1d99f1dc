#include "analysis/design/design.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "analysis/design/shipped.h"
#include "base/error.h"
#include "periphery/parameters.h"
#include "periphery/technology/scaling.h"

namespace mho::analysis {
namespace {

using testing::HasSubstr;

std::string refusal(const std::vector<std::string>& assignments) {
  try {
    load_design(std::nullopt, assignments);
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::bad_input);
    return error.what();
  }
  return "accepted";
}

// 1e300 is a number of 64 bits; what models convert it to, square or multiply is none.
TEST(Declarations, NoNumberIsBeyondWhatIsComputedWith) {
  for (const auto& declaration : all_declarations()) {
    if (declaration.type != base::ValueType::real) continue;
    for (const char* value : {"1e300", "-1e300", "1e39", "1e-300", "1e-39", "inf", "-inf", "nan"}) {
      EXPECT_NE(refusal({declaration.key + "=" + value}), "accepted") << declaration.key << " " << value;
    }
    for (const double bound : {declaration.minimum, declaration.maximum}) {
      EXPECT_TRUE(std::isinf(bound) || std::abs(bound) <= 1e15) << declaration.key;
    }
  }
}

TEST(Declarations, EveryRoomIsListedAndNoKeyTwice) {
  std::set<std::string> all;
  for (const auto& declaration : all_declarations()) EXPECT_TRUE(all.insert(declaration.key).second) << declaration.key << " is declared twice";
  std::size_t expected = 0;
  for (const auto& layer : {periphery::declarations(), tiles::declarations(), hw::declarations(), mapper::declarations()}) {
    EXPECT_FALSE(layer.empty());
    expected += layer.size();
    for (const auto& declaration : layer) EXPECT_TRUE(all.contains(declaration.key)) << declaration.key;
  }
  EXPECT_EQ(all.size(), expected);
}

TEST(Declarations, EveryOneSaysWhatItMeansAndWhereItsDefaultComesFrom) {
  for (const auto& declaration : all_declarations()) {
    EXPECT_GE(declaration.sentence.size(), 10U) << declaration.key;
    EXPECT_FALSE(declaration.source.empty()) << declaration.key;
    EXPECT_TRUE(declaration.key.find('.') != std::string::npos) << declaration.key;
    EXPECT_EQ(declaration.key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_."), std::string::npos) << declaration.key;
  }
}

TEST(Declarations, PhysicalQuantitiesHaveAUnit) {
  for (const auto& declaration : all_declarations()) {
    if (declaration.type != base::ValueType::real) continue;
    // Endings that name a physical dimension.
    for (const char* ending : {"energy", "area", "time", "leakage", "clock", "voltage", "capacitance", "g_max", "settling"}) {
      if (declaration.key.ends_with(ending)) {
        EXPECT_FALSE(declaration.unit.empty()) << declaration.key;
      }
    }
    if (!declaration.unit.empty()) {
      EXPECT_TRUE(base::convert_unit(1.0, declaration.unit, declaration.unit)) << declaration.key << ": " << declaration.unit;
    }
  }
}

TEST(Declarations, DefaultsAreLegal) {
  for (const auto& declaration : all_declarations()) {
    const auto& value = declaration.default_value;
    if (const auto* word = std::get_if<std::string>(&value)) {
      if (declaration.type != base::ValueType::text) {
        EXPECT_NE(std::ranges::find(declaration.words, *word), declaration.words.end()) << declaration.key;
      }
      continue;
    }
    if (std::holds_alternative<bool>(value)) continue;
    const double number = std::holds_alternative<double>(value) ? std::get<double>(value) : static_cast<double>(std::get<std::int64_t>(value));
    EXPECT_GE(number, declaration.minimum) << declaration.key;
    EXPECT_LE(number, declaration.maximum) << declaration.key;
  }
}

TEST(Design, TheDefaultFileSaysWhatTheDeclarationsSay) {
  const Design design = load_design(MHO_DEFAULT_DESIGN);
  for (const auto& declaration : design.config.declarations()) {
    EXPECT_EQ(design.config.origin(declaration.key).kind, base::ValueSource::Kind::file) << declaration.key << " is missing in designs/default.yaml";
    const auto& value = design.config.value(declaration.key);
    if (const auto* number = std::get_if<double>(&value)) {
      EXPECT_DOUBLE_EQ(*number, std::get<double>(declaration.default_value)) << declaration.key;
    } else {
      EXPECT_EQ(value, declaration.default_value) << declaration.key;
    }
  }
}

TEST(Design, WhatIsNoDesignIsSaidToBeNone) {
  struct Mistake {
    std::string file, bytes, says;
  };
  const std::string folder = testing::TempDir();
  const std::vector<Mistake> mistakes{
      {"data.yaml", "name: own\ntest: {inputs: x.npy, labels: y.npy}\n",
       "data.yaml:2:1: 'test' belongs to a description of data, and this is read as"},
      {"data.yaml", "test: {inputs: x.npy, labels: y.npy}\n", "give it with --data"},
      {"recipe.yaml", "epochs: 3\n", "give it with --recipe"},
      {"net.onnx", std::string("\x08\x07", 2), "net.onnx:1:1: byte 0x08 is not UTF-8 text"},
      {"chip.yaml", "tiles: {rows: 3}\n", "unknown key 'tiles'"},
  };
  for (const auto& [file, bytes, says] : mistakes) {
    std::ofstream(folder + file, std::ios::binary) << bytes;
    try {
      load_design(folder + file);
      FAIL() << file;
    } catch (const base::UserError& error) {
      EXPECT_EQ(error.code(), base::ExitCode::bad_input);
      EXPECT_THAT(error.what(), HasSubstr(says));
    }
  }
  try {
    load_design(folder);
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr(folder), HasSubstr("folder"), HasSubstr("designs/default.yaml")));
  }
}

TEST(Design, ShippedOnesAreFoundByName) {
  ASSERT_GE(shipped_designs().size(), 2U);
  const std::filesystem::path designs = std::filesystem::path(MHO_DEFAULT_DESIGN).parent_path();
  std::set<std::string> names;
  for (const ShippedDesign& shipped : shipped_designs()) {
    const std::string name = name_of(shipped);
    EXPECT_TRUE(names.insert(name).second) << name;
    const Design by_name = load_design(name);
    const Design by_path = load_design((designs / shipped.file).string());
    EXPECT_EQ(by_name.hash(), by_path.hash()) << name;
    EXPECT_EQ(by_name.name, name);
  }
  EXPECT_EQ(load_design("default").hash(), load_design(std::nullopt).hash());
  EXPECT_EQ(load_design("mapping_reference").config.origin("tile.rows").text(), "designs/mapping_reference.yaml:13:9");
  try {
    load_design("mapping_refrence");
    FAIL() << "accepted";
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("did you mean mapping_reference?"), HasSubstr("mho describe designs")));
  }
}

/// A file for people: a key a line, and the same design.
TEST(Design, ItsTextIsAShortFileOfTheSameDesign) {
  for (const ShippedDesign& shipped : shipped_designs()) {
    const Design design = load_design(name_of(shipped), {"tile.adc.bits=6", "chip.input_buffer=48 KiB"});
    const std::string text = design.text();
    EXPECT_EQ(design_from_text(text, name_of(shipped)).hash(), design.hash()) << text;
    EXPECT_THAT(text, testing::AllOf(HasSubstr("\ntile.adc.bits: 6\n"), HasSubstr("\nchip.input_buffer: 48 KiB\n")));
  }
  Design ruled = load_design(std::nullopt);
  add_layer_rules(ruled, {"first=digital", "conv*:tile.adc.bits=7"});
  EXPECT_EQ(design_from_text(ruled.text(), "ruled").hash(), ruled.hash()) << ruled.text();
  EXPECT_EQ(std::ranges::count(load_design(std::nullopt).text(), '\n'), 1);
}

TEST(Design, AFileMayNameItsChip) {
  EXPECT_EQ(design_from_text("name: my chip\ntile.rows: 128\n", "a.yaml").name, "my chip");
  EXPECT_EQ(design_from_text("tile.rows: 128\n", "a.yaml").name, "a.yaml");
  EXPECT_EQ(design_from_text("name: my chip\ntile.rows: 128\n", "a.yaml").hash(), design_from_text("tile.rows: 128\n", "b.yaml").hash());
  EXPECT_THROW(design_from_text("name: [a]\n", "a.yaml"), base::UserError);
  EXPECT_THROW(design_from_text("name: ''\n", "a.yaml"), base::UserError);
}

TEST(Design, AConverterWithBitsNeedsABound) {
  EXPECT_THAT(refusal({"tile.adc.bound=unlimited"}), AllOf(HasSubstr("tile.adc.bound"), HasSubstr("--set")));
  EXPECT_NO_THROW(load_design(std::nullopt, {"tile.adc.bound=unlimited", "tile.adc.bits=ideal"}));
}

TEST(Design, MoreColumnsPerConverterThanColumnsAreRefused) {
  EXPECT_THAT(refusal({"tile.columns=16", "tile.adc.mux=32"}), HasSubstr("tile.adc.mux"));
  EXPECT_NO_THROW(load_design(std::nullopt, {"tile.columns=16", "tile.adc.mux=16"}));
}

TEST(Design, AChipWithoutAnalogCoresIsRefused) {
  const Design design = load_design(std::nullopt);
  const int nodes = design.chip.nodes();
  EXPECT_THAT(refusal({"chip.digital_cores=" + std::to_string(nodes - 1)}), HasSubstr("chip.digital_cores"));
}

TEST(Design, AnInputBufferSmallerThanOneVectorIsRefused) { EXPECT_THAT(refusal({"chip.input_buffer=128 bit"}), HasSubstr("chip.input_buffer")); }

TEST(Design, ClocksThatFewStagesDoNotReachAreRefused) {
  const auto limit = periphery::clock_limit(load_design(std::nullopt, {}).chip.technology).si();
  const auto set = [&](const char* key, double share) { return fmt::format("{}={:.9g} Hz", key, limit * share); };
  EXPECT_EQ(refusal({set("chip.clock", 0.99)}), "accepted");
  EXPECT_THAT(refusal({set("chip.clock", 1.01)}), HasSubstr("chip.clock"));
  // 20 gates a stage: three stages of a router hold 80 gates, one of a vector unit 60.
  EXPECT_EQ(refusal({"noc.router_stages=3", set("noc.clock", 0.74)}), "accepted");
  EXPECT_THAT(refusal({"noc.router_stages=3", set("noc.clock", 0.76)}), testing::AllOf(HasSubstr("noc.clock"), HasSubstr("noc.router_stages")));
  EXPECT_THAT(refusal({"noc.router_stages=3", set("chip.clock", 0.76)}), testing::AllOf(HasSubstr("chip.clock"), HasSubstr("noc.router_stages")));
  EXPECT_EQ(refusal({"digital.pipeline_depth=1", set("chip.digital_clock", 0.33)}), "accepted");
  EXPECT_THAT(refusal({"digital.pipeline_depth=1", set("chip.digital_clock", 0.34)}),
              testing::AllOf(HasSubstr("chip.digital_clock"), HasSubstr("digital.pipeline_depth")));
  EXPECT_THAT(refusal({set("chip.analog_clock", 1.01)}), HasSubstr("chip.analog_clock"));
}

TEST(Design, TheHashFollowsTheValuesNotTheSpelling) {
  const Design written = design_from_text("tile:\n  adc:\n    bits: 6\n", "a.yaml");
  const Design dotted = design_from_text("tile.adc.bits: 6\n", "b.yaml");
  const Design other = design_from_text("tile.adc.bits: 5\n", "c.yaml");
  EXPECT_EQ(written.hash(), dotted.hash());
  EXPECT_NE(written.hash(), other.hash());
}

}  // namespace
}  // namespace mho::analysis
