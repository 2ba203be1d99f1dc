// Components that no product code names: what they state comes out in every sum and table.
#include "periphery/component.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/cost/roll_up.h"
#include "analysis/report/result_json.h"
#include "analysis/store/store.h"
#include "base/error.h"
#include "hw/spec/components.h"
#include "periphery/components.h"
#include "tests/analysis/fixture.h"

namespace mho::analysis {
namespace {

using periphery::Component;
using periphery::Per;
using test::round_design;
using test::small_program;
using test::small_simulation;

constexpr double pj = 1e-12, um2 = 1e-12, uw = 1e-6, ns = 1e-9;

/// Six on each tile: 7 pJ for each conversion of a column and 2 pJ for each read-out of a row, 3 um2 and 1 uW each.
Component sample_and_hold() {
  return {.name = "sample_and_hold",
          .per = Per::tile,
          .count = 6,
          .events = {{periphery::adc_conversion, base::Energy(7 * pj)}, {periphery::dac_conversion, base::Energy(0.5 * pj), 4}},
          .area = base::Area(3 * um2),
          .leakage = base::Power(1 * uw),
          .gated = true,
          .source = "a test"};
}

ComponentList with(const Design& design, const Component& more) {
  return [list = components_of(design), more](const tiles::TileParameters& tile, const tiles::TileLoad& load) {
    auto all = list(tile, load);
    all.push_back(more);
    return all;
  };
}

double joule(const std::vector<BlockEnergy>& blocks, const std::string& name) {
  for (const auto& [block, value] : blocks) {
    if (block == name) return value;
  }
  return -1;
}

// In small_program() layer 0 makes 5 conversions and 4 read-outs an inference; round_design() has 2 analog cores of one tile; 100 ns between
// inferences, 200 ns for one alone.
constexpr double events_by_hand = (5 * 7 + 4 * 4 * 0.5) * pj;
constexpr double leakage_by_hand = 2 * 6 * 1 * uw;

TEST(Component, WhatABlockStatesComesOutInEverySum) {
  const Design design = round_design();
  const RollUp before = roll_up(design, small_program(), small_simulation(), 20);
  const RollUp costs = roll_up(design, small_program(), small_simulation(), 20, with(design, sample_and_hold()));
  EXPECT_NEAR(joule(costs.blocks, "sample_and_hold"), events_by_hand, 1e-24);
  EXPECT_NEAR(joule(costs.layers[0].blocks, "sample_and_hold"), events_by_hand, 1e-24);
  EXPECT_EQ(joule(costs.layers[1].blocks, "sample_and_hold"), -1);
  EXPECT_EQ(joule(costs.shared, "sample_and_hold"), -1);
  EXPECT_NEAR(costs.layers[0].total_j - before.layers[0].total_j, events_by_hand, 1e-22);
  EXPECT_NEAR(costs.leakage_w - before.leakage_w, leakage_by_hand, 1e-15);
  EXPECT_NEAR(joule(costs.shared, "leakage") - joule(before.shared, "leakage"), leakage_by_hand * 100 * ns, 1e-21);
  EXPECT_NEAR(costs.energy_per_inference_j - before.energy_per_inference_j, events_by_hand + leakage_by_hand * 100 * ns, 1e-21);
  EXPECT_NEAR(costs.single_shot_energy_j - before.single_shot_energy_j, events_by_hand + leakage_by_hand * 200 * ns, 1e-21);
  ASSERT_EQ(costs.areas.size(), before.areas.size() + 1);
  EXPECT_EQ(costs.areas.back().part, "sample_and_hold");
  EXPECT_EQ(costs.areas.back().count, 2 * 6);
  EXPECT_NEAR(costs.areas.back().square_metre, 2 * 6 * 3 * um2, 1e-24);
  EXPECT_NEAR(costs.area_m2 - before.area_m2, 2 * 6 * 3 * um2, 1e-22);
}

/// Node 1 was gated for 200 of the 400 ns in which 4 inferences left, but for 4 wakes of 20 cycles each.
TEST(Component, AGateCutsOffTheLeakageThatSaysSo) {
  Design design = round_design();
  design.chip.core_gating = {.on = true, .idle = 64, .wake_up = 50, .break_even = 20, .residual = 0.1};
  auto simulation = small_simulation();
  simulation.window.gates = {{hw::GateActivity::Unit::core, 1, 200, 4}};
  const auto saved = [&](bool gated) {
    Component component = sample_and_hold();
    component.gated = gated;
    return roll_up(design, small_program(), simulation, 20, with(design, component)).gating->gates.at(0).saved_j();
  };
  EXPECT_NEAR(saved(true) - saved(false), 0.9 * 6 * uw * (200 - 4 * 20) * ns / 4, 1e-24);
}

TEST(Component, CountsAreThoseOfWhatTheyReferTo) {
  Design design = round_design();  // 4 nodes: a port, a digital core, 2 analog cores
  design.chip.tiles_per_core = 3;
  const double before = roll_up(design, small_program(), small_simulation(), 20).leakage_w;
  for (const auto& [per, count] :
       {std::pair{Per::tile, 2 * 3}, {Per::bank, 2}, {Per::analog_core, 2}, {Per::digital_core, 1}, {Per::router, 4}, {Per::chip, 1}}) {
    Component component = sample_and_hold();
    component.per = per;
    const RollUp costs = roll_up(design, small_program(), small_simulation(), 20, with(design, component));
    EXPECT_EQ(costs.areas.back().count, 6 * count);
    EXPECT_NEAR(costs.leakage_w - before, 6 * count * uw, 1e-15);
  }
}

/// Tiles of a layer with settings of their own may have parts that the others lack.
TEST(Component, SomeTilesHaveIt) {
  const Design design = round_design();
  hw::Program program = small_program();
  program.settings = {design.tile, design.tile};
  program.settings[1].adc.mux = 1;
  program.stages[1].mvm->settings = 1;
  const ComponentList all = with(design, sample_and_hold());
  const ComponentList own = [&](const tiles::TileParameters& tile, const tiles::TileLoad& load) {
    return tile.adc.mux == 1 ? all(tile, load) : components_of(design)(tile, load);
  };
  const RollUp costs = roll_up(design, program, small_simulation(), 20, own);
  EXPECT_NEAR(joule(costs.layers[0].blocks, "sample_and_hold"), events_by_hand, 1e-24);
  EXPECT_EQ(costs.areas.back().part, "sample_and_hold");
  EXPECT_EQ(costs.areas.back().count, 6);
}

TEST(Component, WhatABlockStatesComesOutInTheTables) {
  const Design design = round_design();
  Result result = test::small_result(design);
  result.costs = roll_up(design, result.program, result.simulation, result.macs, with(design, sample_and_hold()));
  const auto path = std::filesystem::temp_directory_path() / ("mho-component-" + std::to_string(::getpid()) + ".db");
  RunInfo info;
  info.version = "0.1.0";
  info.options.repeats = 2;
  Store(path.string()).add(design, result, info);
  {
    SQLite::Database database(path.string());
    EXPECT_NEAR(database.execAndGet("SELECT sum(joule) FROM energy WHERE block = 'sample_and_hold' AND layer = 0").getDouble(), events_by_hand,
                1e-24);
    EXPECT_EQ(database.execAndGet("SELECT count(*) FROM energy WHERE block = 'sample_and_hold'").getInt(), 1);
    EXPECT_EQ(database.execAndGet("SELECT count FROM area WHERE block = 'sample_and_hold'").getInt(), 12);
    EXPECT_NEAR(database.execAndGet("SELECT mm2 FROM area WHERE block = 'sample_and_hold'").getDouble(), 36e-6, 1e-15);
  }
  std::filesystem::remove(path);
  EXPECT_THAT(result_json(design, result, 1).dump(), testing::HasSubstr("\"sample_and_hold\""));
}

TEST(Component, CostsThatAreNoNumbersAreRefusedWithTheirSource) {
  const Design design = round_design();
  for (const double value : {-1.0, std::nan("")}) {
    for (int part = 0; part < 3; ++part) {
      Component component = sample_and_hold();
      if (part == 0) component.events[0].energy = base::Energy(value);
      if (part == 1) component.area = base::Area(value);
      if (part == 2) component.leakage = base::Power(value);
      try {
        roll_up(design, small_program(), small_simulation(), 20, with(design, component));
        FAIL() << "accepted";
      } catch (const base::UserError& error) {
        EXPECT_EQ(error.code(), base::ExitCode::failed_check);
        EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("'sample_and_hold'"), testing::HasSubstr("(a test)")));
      }
    }
  }
}

TEST(Component, AnEventThatNoModelCountsIsAMistake) {
  const Design design = round_design();
  Component component = sample_and_hold();
  component.events[0].event = "refresh";
  EXPECT_THROW(roll_up(design, small_program(), small_simulation(), 20, with(design, component)), std::logic_error);
}

TEST(Component, SourcesAreKeysOfDeclaredParameters) {
  const Design design = load_design(std::nullopt);
  for (const Component& component : hw::components(design.chip, design.tile, {})) {
    std::istringstream keys(component.source);
    int count = 0;
    for (std::string key; keys >> key; ++count) {
      if (key.ends_with(',')) key.pop_back();
      EXPECT_EQ(std::ranges::count(design.config.declarations(), key, &base::Declaration::key), 1) << component.name << ": " << key;
    }
    EXPECT_GT(count, 0) << component.name;
  }
}

}  // namespace
}  // namespace mho::analysis
