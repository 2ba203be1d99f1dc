// Cores and network with clocks of their own. One simulation per process: every case calls simulate() once.
#include <gtest/gtest.h>

#include "tests/hw/chip/hand_times.h"

namespace mho::hw {
namespace {

TEST(Simulation, AClockOfThreeGigahertzRoundsEachUnitUp) {
  auto chip = small_chip();
  chip.clock = base::Frequency(3e9);
  const auto result = run(single_stage(1), chip);
  const std::int64_t in_cycles = port + packet(2) + (9 + 21 + 60 + 4) + packet(2) + port;
  EXPECT_EQ(result.latency.femtoseconds(), in_cycles * 1000000 / 3);
}

base::Frequency gigahertz(double value) { return base::Frequency(value * 1e9); }
double nanoseconds(const SimulationResult& result) { return static_cast<double>(result.latency.femtoseconds()) / 1e6; }

TEST(Simulation, EqualClocksCostNoSynchroniser) {
  auto chip = small_chip();
  chip.network_clock = chip.digital_clock = chip.analog_clock = gigahertz(1);
  EXPECT_EQ(cycles(run(single_stage(1), chip).latency), port + packet(2) + core + packet(2) + port);
}

/// Into the network, out of it at the core, in again and out at the port: four times two cycles of the receiving clock; the network's own are half
/// as long.
TEST(Simulation, ANetworkOfTwiceTheClockPaysASynchroniserAtEachEnd) {
  auto chip = small_chip();
  chip.network_clock = gigahertz(2);
  const double crossed = (2 + packet(2)) * 0.5 + 2;
  EXPECT_DOUBLE_EQ(nanoseconds(run(single_stage(1), chip)), port + crossed + core + crossed + port);
}

/// At 3 GHz a packet ends between two edges of the core: in 28 cycles, 9.333 ns, seen at 10 ns; and in 154, 51.333 ns, seen at 52 ns.
TEST(Simulation, ACrossingWaitsForTheNextEdge) {
  auto chip = small_chip();
  chip.network_clock = gigahertz(3);
  EXPECT_EQ(12 + 2 + packet(2), 28);
  const double leaves_core = 10 + 2 + core;
  EXPECT_EQ(3 * leaves_core + 2 + packet(2), 154);
  EXPECT_DOUBLE_EQ(nanoseconds(run(single_stage(1), chip)), 52 + 2 + port);
}

TEST(Simulation, WithoutFlipFlopsACrossingCostsOnlyTheEdge) {
  auto chip = small_chip();
  chip.network_clock = gigahertz(3);
  chip.synchroniser = 0;
  // 4 ns; 26 cycles are 8.667 ns, seen at 9; 9 + core ns; 3 * 43 + 14 = 143 cycles are 47.667 ns, seen at 48.
  EXPECT_DOUBLE_EQ(nanoseconds(run(single_stage(1), chip)), 48 + port);
}

/// An analog core at half the clock: units of 2 + 4 + 10 + 4 cycles of 2 ns. What arrives after 18 ns just meets its edge, after 19 ns just misses
/// it.
TEST(Simulation, TheLastArrivalBeforeAnEdge) {
  auto chip = small_chip();
  chip.analog_clock = gigahertz(0.5);
  EXPECT_EQ(port + packet(2), 18);
  EXPECT_DOUBLE_EQ(nanoseconds(run(single_stage(1), chip)), 18 + 2 * 2 + 40 + 2 + packet(2) + port);
}

TEST(Simulation, TheFirstArrivalAfterAnEdge) {
  auto chip = small_chip();
  chip.analog_clock = gigahertz(0.5);
  chip.port.bits_per_cycle = 256.0 / 5;  // 5 cycles a position
  EXPECT_DOUBLE_EQ(nanoseconds(run(single_stage(1), chip)), 20 + 2 * 2 + 40 + 2 + packet(2) + 5);
}

/// The pace is that of the slow domain; busy cycles are its own.
TEST(Simulation, CyclesAreThoseOfTheCoresClock) {
  auto chip = small_chip();
  chip.analog_clock = gigahertz(0.5);
  const auto result = run(single_stage(8, 8), chip);
  EXPECT_NEAR(result.interval_s, 8 * 10 * 2e-9, 1e-18);
  EXPECT_EQ(result.single.stages[1].busy_cycles, 8 * 10);
  EXPECT_EQ(result.single.stages[2].busy_cycles, 8 * 4);
}

TEST(Simulation, OneCoreSendsToItselfInItsOwnClock) {
  Builder b;
  const int source = b.source(1);
  const int first = b.digital("first", 4, 1, 32);
  const int second = b.digital("second", 4, 1, 64);
  const int sink = b.sink(1);
  b.edge(source, first, 2);
  b.edge(first, second, 2);
  b.edge(second, sink, 2);
  auto chip = small_chip();
  chip.digital_clock = gigahertz(0.25);
  // Arrives after 18 ns, the next edge is at 20 ns; 4 ns a cycle.
  EXPECT_DOUBLE_EQ(nanoseconds(run(b.program, chip)), 20 + 4 * (2 + 10 + 1 + 18) + 2 + packet(2) + port);
}

}  // namespace
}  // namespace mho::hw
