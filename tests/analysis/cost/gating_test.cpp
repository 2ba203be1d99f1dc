#include "analysis/cost/gating.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "analysis/cost/roll_up.h"
#include "base/error.h"
#include "tests/analysis/fixture.h"

namespace mho::analysis {
namespace {

using test::round_design;
using test::small_program;
using test::small_simulation;
using Unit = hw::GateActivity::Unit;

// The chip of round_design(): 4 routers of 3 uW; node 0 the port; analog cores on 1 and 3, of each 2 uW of digital part and 2 converters of 1 uW can
// be gated; a vector unit of 10 uW on node 2. The window is 400 cycles of 1 ns in which 4 inferences leave, the latency of one alone 200 cycles.
constexpr double router_w = 3e-6, analog_w = 4e-6, digital_w = 10e-6;
constexpr double ns = 1e-9;

Design gated_design() {
  Design design = round_design();
  design.chip.noc.gating = {.on = true, .idle = 4, .wake_up = 8, .break_even = 10, .residual = 0.25};
  design.chip.core_gating = {.on = true, .idle = 64, .wake_up = 50, .break_even = 20, .residual = 0.1};
  return design;
}

hw::SimulationResult gated_simulation() {
  hw::SimulationResult simulation = small_simulation();
  simulation.window.gates = {{Unit::router, 0, 300, 4}, {Unit::router, 1, 0, 0}, {Unit::router, 2, 400, 0}, {Unit::router, 3, 100, 8},
                             {Unit::core, 1, 200, 4},   {Unit::core, 2, 40, 4},  {Unit::core, 3, 400, 0}};
  simulation.single.gates = {{Unit::router, 0, 150, 1}, {Unit::router, 1, 0, 1}, {Unit::router, 2, 200, 0}, {Unit::router, 3, 50, 2},
                             {Unit::core, 1, 100, 1},   {Unit::core, 2, 10, 1},  {Unit::core, 3, 200, 0}};
  return simulation;
}

// Per inference.
constexpr double not_leaked_by_hand = (0.75 * router_w * 800 + 0.9 * analog_w * 600 + 0.9 * digital_w * 40) * ns / 4;
constexpr double switched_by_hand = (0.75 * router_w * 12 * 10 + 0.9 * analog_w * 4 * 20 + 0.9 * digital_w * 4 * 20) * ns / 4;

double joule(const RollUp& costs, const std::string& wanted) {
  for (const auto& [block, value] : costs.blocks) {
    if (block == wanted) return value;
  }
  return -1;
}

TEST(Gating, LeakageIsThatOfTheTimeAUnitIsOn) {
  const RollUp on = roll_up(round_design(), small_program(), small_simulation(), 20);
  const RollUp gated = roll_up(gated_design(), small_program(), gated_simulation(), 20);
  EXPECT_NEAR(joule(on, "leakage") - joule(gated, "leakage"), not_leaked_by_hand, 1e-22);
  EXPECT_NEAR(joule(gated, "gating"), switched_by_hand, 1e-22);
  EXPECT_EQ(joule(on, "gating"), -1) << "no such block where nothing is gated";
  EXPECT_NEAR(on.energy_per_inference_j - gated.energy_per_inference_j, not_leaked_by_hand - switched_by_hand, 1e-21);
  EXPECT_NEAR(gated.leakage_w, joule(gated, "leakage") / gated.interval_s, 1e-15);
  EXPECT_FALSE(on.gating.has_value());
}

TEST(Gating, ASingleInferenceLeaksUntilItLeaves) {
  const RollUp on = roll_up(round_design(), small_program(), small_simulation(), 20);
  const RollUp gated = roll_up(gated_design(), small_program(), gated_simulation(), 20);
  const double saved = (0.75 * router_w * (400 - 4 * 10) + 0.9 * analog_w * (300 - 20) + 0.9 * digital_w * (10 - 20)) * ns;
  EXPECT_NEAR(on.single_shot_energy_j - gated.single_shot_energy_j, saved, 1e-21);
}

TEST(Gating, EveryGateByItself) {
  const RollUp costs = roll_up(gated_design(), small_program(), gated_simulation(), 20);
  ASSERT_TRUE(costs.gating.has_value());
  ASSERT_EQ(costs.gating->gates.size(), 7U);
  const GateUse& router = costs.gating->gates[3];
  EXPECT_EQ(router.unit, Unit::router);
  EXPECT_EQ(router.number, 3);
  EXPECT_DOUBLE_EQ(router.gated_share, 0.25);
  EXPECT_DOUBLE_EQ(router.wakes, 2);
  EXPECT_NEAR(router.saved_j(), 0.75 * router_w * (100 - 8 * 10) * ns / 4, 1e-24);
  const GateUse& vector_unit = costs.gating->gates[5];
  EXPECT_NEAR(vector_unit.saved_j(), 0.9 * digital_w * (40 - 4 * 20) * ns / 4, 1e-24) << "gated for less than the break-even time it costs";
  EXPECT_LT(vector_unit.saved_j(), 0);
  const auto routers = costs.gating->mean(Unit::router);
  ASSERT_TRUE(routers.has_value());
  EXPECT_DOUBLE_EQ(routers->gated_share, 0.5);
  EXPECT_DOUBLE_EQ(routers->wakes, 3.0 / 4);
}

TEST(Gating, GatedForTheBreakEvenTimeItSavesNothing) {
  hw::SimulationResult simulation = small_simulation();
  simulation.window.gates = {{Unit::router, 0, 70, 7}};
  EXPECT_NEAR(roll_up(gated_design(), small_program(), simulation, 20).energy_per_inference_j,
              roll_up(round_design(), small_program(), small_simulation(), 20).energy_per_inference_j, 1e-24);
}

/// Cycles are those of the unit's own clock, and cores with tiles of their own leak as these do.
TEST(Gating, OwnClocksAndOwnTiles) {
  Design design = gated_design();
  design.chip.network_clock = base::Frequency(2e9);
  design.chip.analog_clock = base::Frequency(0.5e9);
  hw::Program program = small_program();
  program.settings = {design.tile, design.tile};
  program.settings[1].adc.leakage = base::Power(5e-6);
  program.stages[1].mvm->settings = 1;
  hw::SimulationResult simulation = small_simulation();
  simulation.steady.stages[1].busy_cycles = 8 * 30;
  simulation.window.gates = {{Unit::router, 0, 800, 0}, {Unit::core, 1, 100, 0}, {Unit::core, 3, 200, 0}};
  const RollUp costs = roll_up(design, program, simulation, 20);
  const auto& gates = costs.gating->gates;
  EXPECT_DOUBLE_EQ(gates[0].gated_share, 1);
  EXPECT_NEAR(gates[0].not_leaked_j, 0.75 * router_w * 400 * ns / 4, 1e-24);
  EXPECT_DOUBLE_EQ(gates[1].gated_share, 0.5);
  EXPECT_NEAR(gates[1].not_leaked_j, 0.9 * (2e-6 + 2 * 5e-6) * 200 * ns / 4, 1e-24);
  EXPECT_NEAR(gates[2].not_leaked_j, 0.9 * analog_w * 400 * ns / 4, 1e-24);
}

TEST(Gating, RefusesAGateThatWasClosedForLongerThanTheTime) {
  hw::SimulationResult simulation = small_simulation();
  simulation.window.gates = {{Unit::router, 2, 401, 0}};
  EXPECT_NO_THROW(roll_up(gated_design(), small_program(), simulation, 20)) << "a cycle that had begun";
  simulation.window.gates = {{Unit::router, 2, 402, 0}};
  try {
    roll_up(gated_design(), small_program(), simulation, 20);
    FAIL() << "accepted";
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::failed_check);
    EXPECT_THAT(error.what(), testing::HasSubstr("router 2 was gated"));
  }
}

}  // namespace
}  // namespace mho::analysis
