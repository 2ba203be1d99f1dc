// Cores and routers of a chip that are gated while they are idle. One simulation per process: every case calls simulate() once. Times by hand as in
// simulation_test.cpp: 4 cycles through the port, 3 + 7 + 20 + 4 through an analog core, a packet of 5 flits over H routers 4 H + 2 + 4.
#include <gtest/gtest.h>

#include "hw/chip/simulation.h"
#include "tests/hw/chip/program_fixture.h"

namespace mho::hw {
namespace {

constexpr std::int64_t port = 4;
constexpr std::int64_t core = 3 + 7 + 20 + 4;
constexpr std::int64_t packet(int routers) { return 4 * routers + 2 + 4; }

std::int64_t cycles(base::SimTime time) { return time.femtoseconds() / 1000000; }

const GateActivity& of_core(const Activity& activity, int node) {
  for (const GateActivity& gate : activity.gates) {
    if (gate.unit == GateActivity::Unit::core && gate.number == node) return gate;
  }
  throw std::logic_error("no such core");
}

ChipParameters chip_with_core_gates(std::int64_t wake_up, std::int64_t idle) {
  ChipParameters chip = small_chip();
  chip.core_gating = {.on = true, .idle = idle, .wake_up = wake_up, .break_even = 64, .residual = 0.05};
  return chip;
}

SimulationResult run(const Program& program, const ChipParameters& chip) {
  verify(program, chip);
  return simulate(program, chip, small_tile());
}

TEST(CoreGating, APositionWaitsForItsCore) {
  const SimulationResult result = run(single_stage(1), chip_with_core_gates(50, 1));
  EXPECT_EQ(cycles(result.latency), port + packet(2) + 50 + core + packet(2) + port);
  // Gated until its position arrives, and again an idle cycle after it was finished.
  EXPECT_EQ(of_core(result.single, 1).gated_cycles, port + packet(2) + (packet(2) + port - 1));
  EXPECT_EQ(of_core(result.single, 1).wakes, 1U);
  EXPECT_EQ(of_core(result.single, 5).gated_cycles, cycles(result.latency)) << "it has no stage";
  EXPECT_EQ(of_core(result.single, 5).wakes, 0U);
  EXPECT_EQ(result.single.gates.size(), 7U) << "never the port";
}

/// source -> digital stage of 2 + 400 cycles on node 4 -> analog stage on node 1 -> sink: the analog core works 34 cycles of 402.
Program slow_before_fast() {
  Builder b;
  const int source = b.source(1);
  const int slow = b.digital("slow", 4, 1, 1600);
  const int fast = b.analog("fast", 1, 1);
  const int sink = b.sink(1);
  b.edge(source, slow, 2);
  b.edge(slow, fast, 2);
  b.edge(fast, sink, 2);
  return b.program;
}

TEST(CoreGating, CyclesOfBeingGatedInSteadyState) {
  const SimulationResult result = run(slow_before_fast(), chip_with_core_gates(8, 64));
  EXPECT_EQ(cycles(result.latency), port + packet(2) + 8 + 402 + packet(3) + 8 + core + packet(2) + port);
  ASSERT_TRUE(result.converged);
  EXPECT_EQ(cycles(result.window.elapsed), 402 * result.window_inferences) << "waking up is hidden behind the slow stage";
  EXPECT_EQ(of_core(result.window, 1).gated_cycles, (402 - 8 - core - 64) * result.window_inferences);
  EXPECT_EQ(of_core(result.window, 1).wakes, static_cast<std::uint64_t>(result.window_inferences));
  EXPECT_EQ(of_core(result.window, 4).gated_cycles, 0);
  // Alone the vector unit is gated until its position comes and once it has been idle.
  EXPECT_EQ(of_core(result.single, 4).gated_cycles, port + packet(2) + cycles(result.latency) - (port + packet(2) + 8 + 402 + 64));
  EXPECT_EQ(of_core(result.window, 7).gated_cycles, 402 * result.window_inferences);
  // The whole phase: the one that leaves last has been waited for since the first was begun.
  EXPECT_EQ(of_core(result.steady, 7).gated_cycles, cycles(result.steady.elapsed));
}

/// 402 cycles of a period less 34 of work are 368 idle ones. A core that is gated after as many is asked for in the cycle in which it would be.
TEST(CoreGating, ACoreIdleForOneCycleTooFewIsStillOn) {
  const SimulationResult result = run(slow_before_fast(), chip_with_core_gates(8, 369));
  EXPECT_EQ(of_core(result.window, 1).wakes, 0U);
  EXPECT_EQ(of_core(result.window, 1).gated_cycles, 0);
}
TEST(CoreGating, ACoreIdleForJustEnoughCyclesIsGated) {
  const SimulationResult result = run(slow_before_fast(), chip_with_core_gates(0, 368));
  EXPECT_EQ(of_core(result.window, 1).wakes, static_cast<std::uint64_t>(result.window_inferences));
  EXPECT_EQ(of_core(result.window, 1).gated_cycles, 0);
}

/// A core clocked at half the speed wakes up in cycles of its own.
TEST(CoreGating, CyclesAreThoseOfTheCoresClock) {
  ChipParameters chip = chip_with_core_gates(50, 1);
  chip.analog_clock = base::Frequency(0.5e9);
  chip.synchroniser = 0;
  const std::int64_t slow = cycles(run(single_stage(1), chip).latency);
  // Settling 3 ns: 2 cycles, 7 ns: 4, conversions 20 ns: 10, scaling 4 cycles; all of 2 ns. Packets meet the next edge.
  const std::int64_t exact = port + packet(2) + 2 * 50 + 2 * (2 + 4 + 10 + 4) + packet(2) + port;
  EXPECT_GE(slow, exact);
  EXPECT_LE(slow, exact + 2);
}

ChipParameters chip_with_router_gates(std::int64_t idle) {
  ChipParameters chip = small_chip();
  chip.noc.gating = {.on = true, .idle = idle, .wake_up = 8, .break_even = 10, .residual = 0.05};
  return chip;
}

/// By hand, the position at the core in cycle A: its packet waited for routers 0 and 1. The credit is sent in A + 10, wakes router 1 (on in A + 19)
/// and router 0 (asked for in A + 20), and leaves router 1 in A + 29 and router 0 in A + 33: idle from A + 31 and A + 35 on. The result is sent in A
/// + 34 and asks for router 1 in A + 35: idle for four cycles.
TEST(RouterGating, ThePacketsOfAChipWaitForRouters) {
  const SimulationResult result = run(single_stage(1), chip_with_router_gates(4));
  EXPECT_EQ(cycles(result.latency), port + packet(2) + 2 * 8 + core + packet(2) + 2 * 8 + port);
  EXPECT_EQ(result.single.gates.size(), 8U);
  EXPECT_EQ(result.single.gates[7].gated_cycles, cycles(result.latency));
}
TEST(RouterGating, WithOneIdleCycleMoreTheyAreStillOn) {
  const SimulationResult result = run(single_stage(1), chip_with_router_gates(5));
  EXPECT_EQ(cycles(result.latency), port + packet(2) + 2 * 8 + core + packet(2) + port);
}

TEST(CoreGating, OffMeansNoGates) {
  const SimulationResult result = run(single_stage(1), small_chip());
  EXPECT_TRUE(result.window.gates.empty());
  EXPECT_TRUE(result.single.gates.empty());
}

}  // namespace
}  // namespace mho::hw
