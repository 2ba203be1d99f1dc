// Ports, the memory behind them and what digital cores read. One simulation per process; times by hand as in simulation_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "hw/chip/simulation.h"
#include "hw/spec/memory.h"
#include "tests/hw/chip/program_fixture.h"
#include "tests/hw/spec/declarations.h"

namespace mho::hw {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t port = 4;
constexpr std::int64_t core = 3 + 7 + 20 + 4;
constexpr std::int64_t slowest = 20;
constexpr std::int64_t packet(int routers) { return 4 * routers + 2 + 4; }

std::int64_t cycles(base::SimTime time) { return time.femtoseconds() / 1000000; }
double interval_cycles(const SimulationResult& result) { return result.interval_s * 1e9; }

SimulationResult run(const Program& program, const ChipParameters& chip) {
  verify(program, chip);
  return simulate(program, chip, small_tile());
}

TEST(Ports, AReadComesALatencyLater) {
  auto chip = small_chip();
  chip.port.latency = base::Duration(100e-9);
  EXPECT_EQ(cycles(run(single_stage(1), chip).latency), port + 100 + packet(2) + core + packet(2) + port);
}

TEST(Ports, ReadsOnTheirWayOverlap) {
  auto chip = small_chip();
  chip.port.latency = base::Duration(100e-9);
  const auto result = run(single_stage(8, 8), chip);
  EXPECT_EQ(cycles(result.latency), port + 100 + packet(2) + core + packet(2) + port + 7 * slowest);
  EXPECT_NEAR(interval_cycles(result), 8 * slowest, 1e-6);
}

/// A position keeps its place for 4 cycles on the lane, 100 of latency and the 5 in which its flits leave: 109, so six places hide behind the 20
/// cycles of a conversion and five do not.
TEST(Ports, TheFewestReadsThatHideTheLatency) {
  auto chip = small_chip();
  chip.port.latency = base::Duration(100e-9);
  chip.port.outstanding = 6;
  EXPECT_NEAR(interval_cycles(run(single_stage(40, 16), chip)), 40 * slowest, 1e-6);
}

TEST(Ports, TheMostReadsThatDoNot) {
  auto chip = small_chip();
  chip.port.latency = base::Duration(100e-9);
  chip.port.outstanding = 5;
  EXPECT_NEAR(interval_cycles(run(single_stage(40, 16), chip)), 40.0 / 5 * (port + 100 + 5), 1.0);
}

TEST(Ports, OutputsLeaveThroughTheirOwn) {
  auto chip = small_chip();
  chip.port.nodes = {0, 7};
  auto program = single_stage(1);
  program.stages[2].core = 7;
  const auto result = run(program, chip);
  EXPECT_EQ(cycles(result.latency), port + packet(2) + core + packet(4) + port);
  EXPECT_EQ(result.single.stages[0].port_bits, 256U);
  EXPECT_EQ(result.single.stages[2].port_bits, 256U);
}

/// A second source in memory, added position by position.
Program two_sources(int second_node) {
  Builder b;
  const int source = b.source(8);
  const int stored = b.add(Stage::Kind::source, "stored", second_node, 8);
  b.program.stages[static_cast<std::size_t>(stored)].memory = true;
  const int sum = b.digital("sum", 4, 8, 8);  // 2 + 2 cycles
  const int sink = b.sink(8);
  b.edge(source, sum, 8);
  b.edge(stored, sum, 8);
  b.edge(sum, sink, 8);
  return b.program;
}

/// Slow enough that the 11 flits which the digital core takes for each sum (two positions of 5, a credit) are none of the matter.
TEST(Ports, TwoSourcesTakeTurnsOnALane) {
  auto chip = small_chip();
  chip.port.bits_per_cycle = 16;  // 16 cycles a position
  const auto result = run(two_sources(0), chip);
  EXPECT_NEAR(interval_cycles(result), 8 * 2 * 16, 1e-6);
  EXPECT_EQ(result.single.stages[1].positions, 8U);
}

TEST(Ports, TwoPortsHaveTwiceTheRate) {
  auto chip = small_chip();
  chip.port.bits_per_cycle = 16;
  chip.port.nodes = {0, 7};
  EXPECT_NEAR(interval_cycles(run(two_sources(7), chip)), 8 * 16, 1e-6);
}

TEST(Ports, OperandsAreReadForEveryPosition) {
  Builder b;
  const int source = b.source(4);
  const int product = b.digital("product", 4, 8, 16);
  b.program.stages[static_cast<std::size_t>(product)].operand_bits = 1000;
  const int sink = b.sink(8);
  Edge& all = b.edge(source, product, 4);
  all.needs = std::make_shared<std::vector<std::int32_t>>(8, 4);
  all.releases = std::make_shared<std::vector<std::int32_t>>(std::vector<std::int32_t>{0, 0, 0, 0, 0, 0, 0, 4});
  b.edge(product, sink, 4);
  const auto result = run(b.program, small_chip());
  EXPECT_EQ(result.single.stages[1].input_buffer_written_bits, 4U * 256);
  EXPECT_EQ(result.single.stages[1].input_buffer_read_bits, 8U * 1000);
}

std::string refusal(const std::vector<std::string>& assignments) {
  base::Config config(chip_keys());
  try {
    for (const std::string& assignment : assignments) config.set(assignment);
    (void)ChipParameters::read(config);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

TEST(PortParameters, FollowTheMemory) {
  base::Config config(chip_keys());
  const auto read = [&] { return ChipParameters::read(config).port; };
  EXPECT_DOUBLE_EQ(read().bits_per_cycle, 64);
  EXPECT_DOUBLE_EQ(read().latency.si(), 0);
  config.set("port.memory=hbm2");
  EXPECT_DOUBLE_EQ(read().bits_per_cycle, 2048);  // 256 GB/s at 1 GHz
  EXPECT_NEAR(read().energy_per_bit.si(), 3.9e-12, 1e-20);
  EXPECT_NEAR(read().latency.si(), 100e-9, 1e-18);
  config.set("chip.clock=0.5");
  EXPECT_DOUBLE_EQ(read().bits_per_cycle, 4096);
  config.set("port.memory=lpddr4");
  EXPECT_DOUBLE_EQ(read().bits_per_cycle * 0.5e9 / 8, 25.6e9);
  config.set("port.latency=40");
  EXPECT_NEAR(read().latency.si(), 40e-9, 1e-18);
}

TEST(PortParameters, NodesOfPorts) {
  base::Config config(chip_keys());
  for (const char* large : {"chip.mesh.width=8", "chip.mesh.height=8", "chip.digital_cores=8"}) config.set(large);
  config.set("port.nodes=63 0 7");
  const auto chip = ChipParameters::read(config);
  EXPECT_EQ(chip.port.nodes, (std::vector<int>{0, 7, 63}));
  EXPECT_EQ(chip.nodes_of(CoreKind::port), chip.port.nodes);
  EXPECT_EQ(chip.nodes_of(CoreKind::digital).size(), 8U);
  EXPECT_EQ(chip.nodes_of(CoreKind::analog).size(), 64U - 3 - 8);
  EXPECT_THAT(refusal({"port.nodes=64"}), HasSubstr("'64' is no node of this mesh; legal are numbers from 0 to 8"));
  EXPECT_THAT(refusal({"port.nodes=1,2"}), HasSubstr("'1,2' is no node"));
  EXPECT_THAT(refusal({"port.nodes=3 3"}), HasSubstr("twice"));
  EXPECT_THAT(refusal({"port.nodes= "}), HasSubstr("at least one node"));
}

}  // namespace
}  // namespace mho::hw
