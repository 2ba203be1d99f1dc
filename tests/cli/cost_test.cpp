// mho cost: designs at full load, runs by their own events, two side by side, and the cloud of published macros.
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CostTest : public CommandTest {
 protected:
  [[nodiscard]] base::Json json(std::vector<std::string> line) const {
    line.emplace_back("--json");
    const Outcome outcome = mho(line);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return base::Json::parse(outcome.out, "out");
  }
  static double number(const base::Json& json, const std::string& key) {
    const base::Json* const found = json.find(key);
    if (found == nullptr) throw std::runtime_error("no " + key);
    if (const auto* whole = std::get_if<std::int64_t>(&found->value())) return static_cast<double>(*whole);
    return std::get<double>(found->value());
  }
  [[nodiscard]] double query(const std::string& sql) const {
    SQLite::Database database((folder_ / "results.db").string());
    return database.execAndGet(sql).getDouble();
  }
};

/// The total of a run counted four ways.
TEST_F(CostTest, BlocksLayersComponentsAndEventsAddUpOnThreeNetworks) {
  ASSERT_EQ(mho({"simulate"}).code, 0);
  ASSERT_EQ(mho(on_large_chip({"simulate"}, false)).code, 0);
  ASSERT_EQ(mho(on_large_chip({"simulate", "--layer", "first=digital", "--set", "chip.power_gating=on", "--set", "noc.power_gating=on"}, false)).code,
            0);
  for (int run = 1; run <= 3; ++run) {
    const auto of = [&](const char* sql) { return query(fmt::format(fmt::runtime(sql), run)); };
    const double total = of("SELECT energy_per_inference_j FROM run WHERE id = {}");
    EXPECT_NEAR(of("SELECT sum(joule) FROM energy WHERE run = {}"), total, 1e-9 * total) << run;
    const double layers = of("SELECT sum(energy_j) FROM layer WHERE run = {}"),
                 shared = of("SELECT sum(joule) FROM energy WHERE run = {} AND layer IS NULL");
    EXPECT_NEAR(layers + shared, total, 1e-9 * total) << run;
    const double standing = of("SELECT sum(joule) FROM energy WHERE run = {} AND block IN ('leakage', 'gating')");
    EXPECT_NEAR(of("SELECT sum(joule) FROM component WHERE run = {}") + standing, total, 1e-9 * total) << run;
    EXPECT_NEAR(of("SELECT sum(joule) FROM event WHERE run = {}") + standing, total, 1e-9 * total) << run;
    EXPECT_EQ(of("SELECT count(*) FROM (SELECT c.joule, coalesce(sum(e.joule), 0) AS parts FROM component c LEFT JOIN event e ON e.run = c.run AND "
                 "e.component = c.component WHERE c.run = {} GROUP BY c.component) WHERE abs(joule - parts) > 1e-9 * joule"),
              0)
        << run;
    const double area = of("SELECT area_mm2 FROM run WHERE id = {}");
    EXPECT_NEAR(of("SELECT sum(mm2) FROM component WHERE run = {}"), area, 1e-9 * area) << run;
  }
}

TEST_F(CostTest, ARunIsCostedByItsOwnEvents) {
  const base::Json run = json({"simulate"}), cost = json({"cost", "1"});
  const double energy = number(run, "energy_per_inference_j");
  const auto& levels = std::get<base::Json::Array>(cost.find("levels")->value());
  EXPECT_NEAR(number(levels.back(), "energy_j"), energy, 1e-9 * energy);
  EXPECT_NEAR(number(cost, "tops_per_watt"), number(run, "tops_per_watt"), 1e-9 * number(run, "tops_per_watt"));
  EXPECT_NEAR(number(cost, "area_mm2"), number(run, "area_mm2"), 1e-9 * number(run, "area_mm2"));
  // The first layer's tiles, two, convert 128 outputs each, the others 64 and 10.
  double conversions = 0;
  for (const base::Json& line : std::get<base::Json::Array>(cost.find("components")->value())) {
    const std::string component = std::get<std::string>(line.find("component")->value());
    if (component == "adc") conversions += number(line, "events");
  }
  EXPECT_EQ(conversions, 2 * 128 + 64 + 10);
  const Outcome text = mho({"cost", "1"});
  EXPECT_THAT(text.out, AllOf(HasSubstr("run 1 (strokes on default): costs of an inference in steady state"), HasSubstr("sustained:")));
}

TEST_F(CostTest, ARunWhoseUnitsAreGatedKeepsItsEnergy) {
  const base::Json run = json({"simulate", "--set", "chip.power_gating=on", "--set", "chip.gating.break_even=100000", "--set", "chip.gating.idle=1"});
  const base::Json cost = json({"cost", "1"});
  const double energy = number(run, "energy_per_inference_j");
  EXPECT_NEAR(number(std::get<base::Json::Array>(cost.find("levels")->value()).back(), "energy_j"), energy, 1e-9 * energy);
  EXPECT_NEAR(number(cost, "tops_per_watt"), number(run, "tops_per_watt"), 1e-9 * number(run, "tops_per_watt"));
}

TEST_F(CostTest, RunsOfOtherDataAreToldApart) {
  ASSERT_EQ(mho({"simulate"}).code, 0);
  ASSERT_EQ(mho({"simulate", "--data", "strokes", "--calibration", "20"}).code, 0);
  EXPECT_THAT(mho({"cost", "1", "--against", "2"}).out, HasSubstr("A has inputs at full scale, B inputs of stroke digits"));
}

TEST_F(CostTest, TwoSideBySide) {
  ASSERT_EQ(mho({"simulate"}).code, 0);
  const base::Json same = json({"cost", "1", "--against", "1"});
  for (const char* figure : {"energy_j", "leakage_w", "area_mm2", "tops_per_watt"}) {
    const base::Json& one = *same.find("figures")->find(figure);
    EXPECT_EQ(number(one, "ratio"), 1) << figure;
    EXPECT_EQ(number(one, "ratio_low"), 1) << figure;
    EXPECT_EQ(number(one, "probability_a_is_better"), 0.5) << figure;
  }
  write("survey.yaml", "tile: {adc: {bits: 12}, front_end: {bias: 0}}\n");
  // A port that costs more is worse in every draw, although energies are known to a factor of 2 alone.
  const base::Json dear = json({"cost", "--set", "port.energy_per_bit=12", "--against", "default"});
  const base::Json& energy = *dear.find("figures")->find("energy_j");
  EXPECT_GT(number(energy, "ratio"), 1);
  EXPECT_EQ(number(*dear.find("figures")->find("leakage_w"), "ratio"), 1);
  // Two kinds of converter are wrong in ways of their own: nobody knows for sure.
  const base::Json kinds =
      json({"cost", "--set", "tile.adc.kind=sar", "--set", "tile.front_end.bias=0", "--set", "tile.adc.bits=12", "--against", "survey.yaml"});
  const double either = number(*kinds.find("figures")->find("area_mm2"), "probability_a_is_better");
  EXPECT_GT(either, 0.02);
  EXPECT_LT(either, 0.98);
  const base::Json other = json({"cost", "--design", "hermes", "--against", "analog_fabric"});
  const double better = number(*other.find("figures")->find("tops_per_watt"), "probability_a_is_better");
  EXPECT_LT(better, 0.05);
  EXPECT_THAT(mho({"cost", "--design", "hermes", "--against", "analog_fabric"}).out, AllOf(HasSubstr("A: hermes"), HasSubstr("B: analog_fabric")));
}

TEST_F(CostTest, TheCloudOfPublishedMacros) {
  const base::Json cloud = json({"cost", "--design", "hermes", "--against", "published", "--svg", "cloud.svg"});
  EXPECT_EQ(number(cloud, "macros"), 62);
  EXPECT_GT(number(cloud, "share_denser"), 0);
  EXPECT_LT(number(cloud, "share_denser"), 1);
  // 2 x 256 x 256 operations of 8 x 8 bits at the energy of a tile.
  const base::Json costs = json({"cost", "--design", "hermes"});
  const base::Json& tile = std::get<base::Json::Array>(costs.find("levels")->value()).front();
  const double wanted = 2.0 * 256 * 256 * 64 / number(tile, "energy_j") / 1e12;
  EXPECT_NEAR(number(cloud, "tops_per_watt_1_bit"), wanted, 1e-6 * wanted);
  int figures = 0;
  for (const base::Json& kind : std::get<base::Json::Array>(cloud.find("agreement")->value())) {
    figures += static_cast<int>(number(kind, "figures"));
    EXPECT_GE(number(kind, "spread_factor"), 1);
  }
  EXPECT_GE(figures, 12);
  const std::string svg = base::read_file((folder_ / "cloud.svg").string());
  EXPECT_THAT(svg, AllOf(HasSubstr("<svg"), HasSubstr("neurram_64"), HasSubstr("normalised to 1 bit")));
}

TEST_F(CostTest, WhatIsWrongIsSaid) {
  const auto refused = [&](const std::vector<std::string>& line, int code, const std::string& says) {
    const Outcome outcome = mho(line);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(says));
  };
  refused({"cost", "1"}, 3, "results.db does not exist");
  ASSERT_EQ(mho({"simulate"}).code, 0);
  refused({"cost", "7"}, 3, "results.db has no run 7; the largest number is 1");
  refused({"cost", "hermes"}, 2, "RUN hermes: the number of a run is needed; a design is given with --design hermes");
  refused({"cost", "1", "--against", "hermes"}, 2, "a run is set beside another run");
  refused({"cost", "--db", "results.db"}, 2, "--db holds runs");
  refused({"cost", "1", "--design", "hermes"}, 2, "leave out --design and --set");
  refused({"cost", "1", "--against", "published"}, 2, "give a design instead of a run");
  refused({"cost", "--svg", "x.svg"}, 2, "give --against published too");
  write("other.db", "SQLite format 3 or not");
  refused({"cost", "1", "--db", "other.db"}, 3, "other.db");
}

TEST_F(CostTest, ShippedDesignsHaveHeadlineFigures) {
  const base::Json designs = json({"describe", "designs"});
  for (const base::Json& one : std::get<base::Json::Array>(designs.find("designs")->value())) {
    const std::string name = std::get<std::string>(one.find("name")->value());
    const base::Json cost = json({"cost", "--design", name});
    EXPECT_EQ(number(one, "peak_tops"), number(cost, "peak_tops")) << name;
    EXPECT_EQ(number(one, "peak_tops_per_watt"), number(cost, "peak_tops_per_watt")) << name;
    EXPECT_EQ(number(one, "area_mm2"), number(cost, "area_mm2")) << name;
  }
}

}  // namespace
}  // namespace mho::cli::test
