// One simulation per process: every case simulates one program whose pace a hand calculation gives, and asks what sets it. Times as in
// tests/hw/chip/simulation_test.cpp: 4 cycles through the port, 3 + 7 + 20 + 4 through an analog core, 4 H + 6 for a packet of 5 flits over H
// routers.
#include "analysis/cost/bottleneck.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hw/chip/simulation.h"
#include "tests/hw/chip/program_fixture.h"

namespace mho::analysis {
namespace {

using hw::Builder;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Found {
  hw::SimulationResult result;
  Bottleneck bottleneck;
};

Found find(const hw::Program& program, const hw::ChipParameters& chip = hw::small_chip(), const tiles::TileParameters& tile = hw::small_tile()) {
  hw::verify(program, chip);
  Found found{hw::simulate(program, chip, tile), {}};
  const double cycles = found.result.window.elapsed.seconds() * chip.clock.si();
  found.bottleneck = find_bottleneck(program, chip, found.result.window, found.result.window_inferences);
  EXPECT_NEAR(cycles, found.result.interval_s * chip.clock.si() * found.result.window_inferences, 1e-3);
  return found;
}

/// 8 positions of 20 cycles in the converters, one inference: the first interval is as short as any can be.
TEST(Bottleneck, ConvertersThatNeverRest) {
  const auto [result, bottleneck] = find(hw::single_stage(8));
  EXPECT_EQ(bottleneck.kind, Bottleneck::Kind::unit);
  EXPECT_EQ(bottleneck.unit, "converters");
  EXPECT_EQ(bottleneck.node, 1);
  EXPECT_DOUBLE_EQ(bottleneck.share, 1.0);
  EXPECT_THAT(bottleneck.text,
              StartsWith("layer on node 1, busy 100 % of the interval: converters, 160 cycles per inference; drivers 15 %, array 35 %, "
                         "scale 20 %"));
  EXPECT_EQ(result.window_inferences, 1);
  for (const hw::UnitActivity& unit : result.window.units) {
    const std::int64_t cycles = unit.name == "drivers" ? 3 : unit.name == "array" ? 7 : unit.name == "converters" ? 20 : 4;
    EXPECT_EQ(unit.worked_cycles, 8 * cycles) << unit.name;
    // Behind the converters nothing waits; the array holds its charges for the 13 cycles that the converters take longer, the drivers for as long.
    const std::int64_t held = unit.name == "drivers" ? 17 : unit.name == "array" ? 13 : 0;
    if (unit.node == 1) {
      EXPECT_EQ(unit.held_cycles, 8 * held) << unit.name;
    }
  }
}

TEST(Bottleneck, AnIntegrationLongerThanTheConversion) {
  auto tile = hw::small_tile();
  tile.dac.time_per_level = base::Duration(4e-9);  // 7 levels: 28 cycles
  const auto [result, bottleneck] = find(hw::single_stage(8), hw::small_chip(), tile);
  EXPECT_EQ(bottleneck.unit, "array");
  EXPECT_DOUBLE_EQ(bottleneck.share, 1.0);
}

TEST(Bottleneck, DriversThatSettleLongest) {
  auto tile = hw::small_tile();
  tile.dac.settling = base::Duration(40e-9);
  EXPECT_EQ(find(hw::single_stage(8), hw::small_chip(), tile).bottleneck.unit, "drivers");
}

TEST(Bottleneck, AnOutputStageOfOneLane) {
  auto tile = hw::small_tile();
  tile.scale.lanes = 1;  // 32 cycles
  const auto [result, bottleneck] = find(hw::single_stage(8), hw::small_chip(), tile);
  EXPECT_EQ(bottleneck.unit, "scale");
  EXPECT_DOUBLE_EQ(bottleneck.share, 1.0);
}

TEST(Bottleneck, ANarrowPort) {
  auto chip = hw::small_chip();
  chip.port.bits_per_cycle = 8;  // 32 cycles a position
  const auto [result, bottleneck] = find(hw::single_stage(8), chip);
  EXPECT_EQ(bottleneck.kind, Bottleneck::Kind::unit);
  EXPECT_THAT(bottleneck.unit, StartsWith("port "));
  EXPECT_EQ(bottleneck.node, 0);
  EXPECT_DOUBLE_EQ(bottleneck.share, 1.0);
}

/// 2 + 32 cycles a position against the 20 of the converters.
TEST(Bottleneck, AVectorUnitSharedByTwoStages) {
  const auto [result, bottleneck] = find(hw::two_stages_on_a_digital_core(8));
  EXPECT_EQ(bottleneck.unit, "vector unit");
  EXPECT_EQ(bottleneck.node, 4);
  EXPECT_THAT(bottleneck.text, StartsWith("first, second on node 4, busy 100 % of the interval: vector unit, 224 cycles per inference"));
}

/// Positions of 1024 bits are 17 flits; the port takes 4 cycles for one, the vector unit 3. Only the way out of node 0 is slower: 64 such packets and
/// 22 credits.
TEST(Bottleneck, ALinkThatMovesAFlitInEveryCycle) {
  Builder b;
  const int source = b.source(64);
  const int stage = b.digital("wide", 4, 64, 4);
  const int sink = b.sink(64);
  b.edge(source, stage, 16).bits_per_position = 1024;
  b.edge(stage, sink, 16);
  auto chip = hw::small_chip();
  chip.noc.virtual_channels = 4;
  const auto [result, bottleneck] = find(b.program, chip);
  EXPECT_EQ(bottleneck.kind, Bottleneck::Kind::link) << bottleneck.text;
  EXPECT_EQ(bottleneck.node, 0);
  EXPECT_GE(bottleneck.share, 0.95);
  EXPECT_THAT(bottleneck.text, StartsWith("the link from router 0 to 4 in the network, 1.00 flits per cycle of at most 1, 1110 per inference"));
}

/// Room for one position: the next leaves when this one is integrated (3 + 7), its credit back (10) and the packet there (14).
TEST(Bottleneck, ABufferOfOnePosition) {
  const auto [result, bottleneck] = find(hw::single_stage(8, 1));
  EXPECT_NEAR(result.interval_s * 1e9, 8 * (3 + 7 + 10 + 14), 1e-6);
  EXPECT_EQ(bottleneck.kind, Bottleneck::Kind::credits) << bottleneck.text;
  EXPECT_EQ(bottleneck.edge, 0);
  EXPECT_EQ(bottleneck.stage, 0);
  EXPECT_THAT(bottleneck.text, HasSubstr("the buffer for 'source' at 'layer' on node 1, room for 1 position:"));
  EXPECT_THAT(bottleneck.text, HasSubstr("one position every 34.0 cycles"));
}

/// A step needs its input and the state that the step before sent around: 34 cycles on the tile, a packet there and back.
TEST(Bottleneck, AStateThatComesBack) {
  Builder b;
  const int source = b.source(8);
  const int cell = b.analog("cell", 1, 8);
  const int gates = b.digital("gates", 4, 8, 8);
  const int sink = b.sink(8);
  b.edge(source, cell, 4);
  b.edge(cell, gates, 4);
  hw::Edge& state = b.edge(gates, cell, 4);
  auto needs = std::make_shared<std::vector<std::int32_t>>();
  auto releases = std::make_shared<std::vector<std::int32_t>>();
  for (int k = 0; k < 8; ++k) {
    needs->push_back(k);
    releases->push_back(k == 7 ? 8 : k);
  }
  state.needs = needs;
  state.releases = releases;
  b.edge(gates, sink, 4);
  const auto [result, bottleneck] = find(b.program);
  EXPECT_EQ(bottleneck.kind, Bottleneck::Kind::recurrence) << bottleneck.text;
  EXPECT_THAT(bottleneck.text, HasSubstr("the loop"));
  EXPECT_THAT(bottleneck.text, HasSubstr("each of its 8 steps"));
}

TEST(Bottleneck, AnActivityOfAnotherProgramIsRefused) {
  EXPECT_THROW(find_bottleneck(hw::single_stage(8), hw::small_chip(), hw::Activity{}, 1), std::logic_error);
}

}  // namespace
}  // namespace mho::analysis
