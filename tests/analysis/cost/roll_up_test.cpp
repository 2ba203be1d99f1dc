#include "analysis/cost/roll_up.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "analysis/cost/full_load.h"
#include "base/error.h"
#include "tests/analysis/fixture.h"

namespace mho::analysis {
namespace {

using test::round_design;
using test::small_program;
using test::small_simulation;

constexpr double pj = 1e-12;

std::map<std::string, double> by_block(const std::vector<BlockEnergy>& list) {
  std::map<std::string, double> map;
  for (const auto& [block, joule] : list) map[block] += joule;
  return map;
}

/// The components of a chip that runs no program.
Inventory inventory_of(const Design& design) {
  static const hw::Program none;
  return {design, none, components_of(design)};
}

/// One MVM of 0.1 mS at 0.5 V, mean square input 0.25, for the integration time; the lines have no capacitance here.
double array_by_hand(const Design& design) { return 1e-4 * 0.25 * 0.5 * 0.5 * design.tile.dac.integration_time().si(); }

// 2x2 mesh: 1 port, 1 digital, 2 analog. Per analog core 2 converters (6 columns over 4), 64 bits in, 2*6*16 = 192 bits out; digital 128 bits.
constexpr double leakage_by_hand = 2 * (2e-6 + 2 * 1e-6 + (64 + 192) * 1e-9) + (10e-6 + 128 * 1e-9) + 4 * 3e-6;

TEST(RollUp, EnergyByBlockMatchesTheHandCalculation) {
  const Design design = round_design();
  const RollUp costs = roll_up(design, small_program(), small_simulation(), 20);
  auto blocks = by_block(costs.blocks);
  EXPECT_NEAR(blocks["dac"], 4 * 1 * pj, 1e-24);
  EXPECT_NEAR(blocks["array"], array_by_hand(design), 1e-9 * array_by_hand(design));
  EXPECT_NEAR(blocks["adc"], 5 * 2 * pj, 1e-24);
  EXPECT_NEAR(blocks["scale"], 5 * 3 * pj, 1e-24);
  EXPECT_NEAR(blocks["input_buffer"], 32 * 0.002 * pj + 32 * 0.001 * pj, 1e-24);
  EXPECT_NEAR(blocks["output_buffer"], 80 * 0.002 * pj + 80 * 0.001 * pj, 1e-24);
  EXPECT_NEAR(blocks["digital"], 5 * 4 * pj, 1e-24);
  EXPECT_NEAR(blocks["router"], (7 * 1 + 6 * 2 + 5 * 3 + 4 * 4) * pj, 1e-24);
  EXPECT_NEAR(blocks["link"], 3 * 64 * 0.01 * pj, 1e-24);
  EXPECT_NEAR(blocks["port"], (32 + 80) * 5 * pj, 1e-21);
  EXPECT_NEAR(blocks["leakage"], leakage_by_hand * 100e-9, 1e-21);
  EXPECT_NEAR(costs.leakage_w, leakage_by_hand, 1e-15);
}

/// 24 devices, 5 iterations of 2 pJ each; on the layer whose tile they are.
TEST(RollUp, ProgrammingCountsWhereTilesAreReloaded) {
  Design design = round_design();
  design.tile.programming.iterations = 5;
  design.tile.programming.iteration_energy = base::Energy(2 * pj);
  hw::SimulationResult simulation = small_simulation();
  const RollUp before = roll_up(design, small_program(), simulation, 20);
  EXPECT_FALSE(by_block(before.blocks).contains("programming"));
  simulation.steady.stages[1].programmed_devices = 24 * static_cast<std::uint64_t>(simulation.steady_inferences);
  const RollUp costs = roll_up(design, small_program(), simulation, 20);
  EXPECT_NEAR(by_block(costs.blocks)["programming"], 24 * 5 * 2 * pj, 1e-24);
  EXPECT_NEAR(costs.layers[0].total_j - before.layers[0].total_j, 24 * 5 * 2 * pj, 1e-22);
  EXPECT_NEAR(costs.energy_per_inference_j - before.energy_per_inference_j, 24 * 5 * 2 * pj, 1e-20);
}

/// 10 flits of 64 bits between two chips for an inference, each bit 0.7 pJ over the link and written and read at both ends.
TEST(RollUp, LinksBetweenChipsCostTheirBits) {
  Design design = round_design();
  const RollUp one = roll_up(design, small_program(), small_simulation(), 20);
  design.chip.chips = 2;
  design.chip.link.energy_per_bit = base::Energy(0.7 * pj);
  design.chip.link.area = base::Area(7e-9);
  design.chip.link.standing_power = base::Power(11e-6);
  design.chip.link.buffer_bytes = 100;
  hw::SimulationResult simulation = small_simulation();
  const RollUp idle = roll_up(design, small_program(), simulation, 20);
  simulation.steady.links.push_back({hw::LinkActivity::Kind::chips, 3, 6, 7 * static_cast<std::uint64_t>(simulation.steady_inferences)});
  simulation.steady.links.push_back({hw::LinkActivity::Kind::chips, 6, 3, 3 * static_cast<std::uint64_t>(simulation.steady_inferences)});
  const RollUp costs = roll_up(design, small_program(), simulation, 20);
  constexpr double link = 10 * 64 * 0.7 * pj, buffers = 10 * 64 * 2 * 0.003 * pj;
  EXPECT_NEAR(by_block(costs.blocks)["chip_link"], link, 1e-9 * link);
  EXPECT_NEAR(by_block(costs.blocks)["chip_link_buffer"], buffers, 1e-9 * buffers);
  EXPECT_NEAR(by_block(costs.shared)["chip_link"], link, 1e-9 * link) << "of no layer";
  EXPECT_NEAR(costs.energy_per_inference_j - idle.energy_per_inference_j, link + buffers, 1e-6 * link);
  // Twice a chip, and on each the two ends of links with two memories of 800 bits.
  EXPECT_NEAR(costs.area_m2, 2 * one.area_m2 + 2 * (2 * 7e-9 + 4 * 800 * 1e-12), 1e-9 * costs.area_m2);
  EXPECT_NEAR(costs.leakage_w, 2 * leakage_by_hand + 2 * (2 * 11e-6 + 4 * 800 * 1e-9), 1e-9 * costs.leakage_w);
  EXPECT_FALSE(by_block(one.blocks).contains("chip_link"));
}

TEST(RollUp, LayersOwnTheirStagesAndNothingElse) {
  const Design design = round_design();
  const RollUp costs = roll_up(design, small_program(), small_simulation(), 20);
  ASSERT_EQ(costs.layers.size(), 2U);
  EXPECT_NEAR(costs.layers[0].total_j, array_by_hand(design) + (4 + 10 + 15 + 0.096 + 0.24) * pj, 1e-22);
  EXPECT_NEAR(costs.layers[1].total_j, 20 * pj, 1e-22);
  auto shared = by_block(costs.shared);
  EXPECT_THAT(shared, testing::UnorderedElementsAre(testing::Key("router"), testing::Key("link"), testing::Key("port"), testing::Key("leakage")));
}

TEST(RollUp, DefinitionsOfSpeedPowerAndEfficiency) {
  const Design design = round_design();
  const RollUp costs = roll_up(design, small_program(), small_simulation(), 20);
  EXPECT_DOUBLE_EQ(costs.latency_s, 200e-9);
  EXPECT_DOUBLE_EQ(costs.throughput_per_s, 1e7);
  EXPECT_DOUBLE_EQ(costs.average_power_w, costs.energy_per_inference_j / 100e-9);
  EXPECT_DOUBLE_EQ(costs.tops_per_watt, 2 * 20 / costs.energy_per_inference_j / 1e12);
  // Alone the chip leaks for the latency of 200 ns instead of the interval of 100 ns; the events are the same.
  EXPECT_NEAR(costs.single_shot_energy_j - costs.energy_per_inference_j, leakage_by_hand * 100e-9, 1e-21);
  EXPECT_EQ(costs.bottleneck.core, 1);
  EXPECT_DOUBLE_EQ(costs.bottleneck.busy_cycles, 70);
  EXPECT_DOUBLE_EQ(costs.bottleneck.share_of_interval, 0.7);
}

// The program holds one of two analog cores, the digital core and the port: three of four routers. A tile of 4 x 3 pairs of devices takes a product
// in the time of its slowest unit.
TEST(RollUp, PeakSustainedAndUsedPart) {
  const Design design = round_design();
  const RollUp costs = roll_up(design, small_program(), small_simulation(), 20);
  const double operations_per_s = 2 * 20 / 100e-9, dynamic_w = costs.energy_per_inference_j / 100e-9 - leakage_by_hand;
  const Efficiencies& all = costs.efficiencies;
  EXPECT_NEAR(all.sustained.tops, operations_per_s / 1e12, 1e-18);
  EXPECT_NEAR(all.sustained.tops_per_watt / costs.tops_per_watt, 1, 1e-12);
  EXPECT_NEAR(all.sustained.tops_per_mm2, operations_per_s / 1e12 / (costs.area_m2 * 1e6), 1e-15);
  constexpr double used_leakage = (2e-6 + 2 * 1e-6 + (64 + 192) * 1e-9) + (10e-6 + 128 * 1e-9) + 3 * 3e-6;
  EXPECT_EQ(all.used.tops, all.sustained.tops);
  EXPECT_NEAR(all.used.tops_per_watt / (operations_per_s / (dynamic_w + used_leakage) / 1e12), 1, 1e-12);
  double analog = 0;
  for (const PartArea& part : costs.areas) {
    if (part.part != "router" && part.part != "digital" && part.part != "digital_buffer" && part.part != "port") analog += part.square_metre;
  }
  EXPECT_NEAR(all.used.tops_per_mm2 / (operations_per_s / 1e12 / ((costs.area_m2 - analog / 2 - 50e-12) * 1e6)), 1, 1e-12);
  const CostTable full = full_load(design);
  EXPECT_NEAR(all.peak.tops, 2 * 2 * design.tile.rows * design.tile.output_capacity() / full.interval_s / 1e12, 1e-15);
  EXPECT_NEAR(all.peak.tops_per_watt, all.peak.tops / full.power_w(), 1e-12 * all.peak.tops_per_watt);
}

TEST(RollUp, AreaCountsTheWholeChip) {
  const Design design = round_design();
  std::map<std::string, PartArea> areas;
  for (const PartArea& part : inventory_of(design).areas()) areas[part.part] = part;
  EXPECT_EQ(areas.at("adc").count, 2 * 2);
  EXPECT_NEAR(areas.at("adc").square_metre, 4 * 10e-12, 1e-24);
  EXPECT_EQ(areas.at("dac").count, 2 * 4);
  EXPECT_NEAR(areas.at("scale").square_metre, 2 * 2 * 5e-12, 1e-24);
  EXPECT_NEAR(areas.at("input_buffer").square_metre, 2 * 64e-12, 1e-24);
  EXPECT_NEAR(areas.at("output_buffer").square_metre, 2 * 192e-12, 1e-24);
  EXPECT_NEAR(areas.at("digital_buffer").square_metre, 128e-12, 1e-24);
  EXPECT_NEAR(areas.at("router").square_metre, 4 * 50e-12, 1e-24);
  EXPECT_NEAR(areas.at("array").square_metre, 2 * 4 * 6 * design.tile.cell_area.si(), 1e-20);
}

TEST(RollUp, TilesOfACoreCountTheirConvertersOnce) {
  Design design = round_design();
  const auto area_of = [&](const std::string& part) {
    std::map<std::string, PartArea> areas;
    for (const PartArea& one : inventory_of(design).areas()) areas[one.part] = one;
    return areas.at(part);
  };
  const double alone = inventory_of(design).leakage().si();
  design.chip.tiles_per_core = 3;
  EXPECT_EQ(area_of("array").count, 2 * 3);
  EXPECT_EQ(area_of("dac").count, 2 * 3 * 4);
  EXPECT_EQ(area_of("adc").count, 2 * 2);
  EXPECT_EQ(area_of("scale").count, 2 * 2);
  EXPECT_NEAR(area_of("input_buffer").square_metre, 2 * 64e-12, 1e-24);
  EXPECT_NEAR(area_of("output_buffer").square_metre, 2 * 3 * 192e-12, 1e-24);
  // Two more output buffers of 192 bits in each of the two cores.
  EXPECT_NEAR(inventory_of(design).leakage().si() - alone, 2 * 2 * 192 * 1e-9, 1e-15);
  design.chip.shared_converters = false;
  EXPECT_EQ(area_of("adc").count, 2 * 3 * 2);
  EXPECT_EQ(area_of("scale").count, 2 * 3 * 2);
}

/// Two tiles of a core that convert for 60 and 30 cycles one after the other are busy 90; their arrays work at the same time.
TEST(RollUp, TheLoadOfACoreIsThatOfItsBusiestUnit) {
  const Design design = round_design();
  auto program = small_program();
  program.stages.push_back(program.stages[1]);
  program.stages.back().mvm->tile = 1;
  auto simulation = small_simulation();
  for (auto* activity : {&simulation.single, &simulation.steady}) activity->stages.push_back(activity->stages[1]);
  simulation.steady.stages[4].busy_cycles = 8 * 65;
  EXPECT_DOUBLE_EQ(roll_up(design, program, simulation, 20).bottleneck.busy_cycles, 70);
  simulation.steady.stages[1].shared_cycles = 8 * 60;
  simulation.steady.stages[4].shared_cycles = 8 * 30;
  EXPECT_DOUBLE_EQ(roll_up(design, program, simulation, 20).bottleneck.busy_cycles, 90);
}

void expect_failed_check(const Design& design, const hw::SimulationResult& simulation, std::int64_t macs, const std::string& says) {
  try {
    roll_up(design, small_program(), simulation, macs);
    FAIL() << "accepted";
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::failed_check);
    EXPECT_THAT(error.what(), testing::HasSubstr(says));
  }
}

TEST(RollUp, RefusesWhatIsNoPositiveNumber) {
  const Design design = round_design();
  auto simulation = small_simulation();
  simulation.interval_s = 0;
  expect_failed_check(design, simulation, 20, "interval");
  simulation = small_simulation();
  simulation.interval_s = std::nan("");
  expect_failed_check(design, simulation, 20, "interval");
  simulation = small_simulation();
  simulation.latency = base::SimTime();
  expect_failed_check(design, simulation, 20, "latency");
  simulation = small_simulation();
  simulation.steady_inferences = 0;
  expect_failed_check(design, simulation, 20, "inferences");
  expect_failed_check(design, small_simulation(), 0, "multiply-accumulates");
  Design broken = round_design();
  broken.tile.dac.energy_per_conversion = base::Energy(std::nan(""));
  expect_failed_check(broken, small_simulation(), 20, "energy");
}

TEST(RollUp, RefusesAnIntervalShorterThanTheWorkOfAUnit) {
  auto simulation = small_simulation();
  simulation.interval_s = 67e-9;  // the tile works 70 ns for each inference: 1.045 times as long
  EXPECT_NO_THROW(roll_up(round_design(), small_program(), simulation, 20));
  simulation.interval_s = 66e-9;
  expect_failed_check(round_design(), simulation, 20, "no steady state");
}

TEST(RollUp, RefusesActivityOfAnotherProgram) {
  auto simulation = small_simulation();
  simulation.steady.stages.pop_back();
  expect_failed_check(round_design(), simulation, 20, "stages");
  simulation = small_simulation();
  simulation.steady.stages[2].mvms = 1;  // a digital core has no tile
  expect_failed_check(round_design(), simulation, 20, "no tile");
}

}  // namespace
}  // namespace mho::analysis
