// One simulation per process: every case calls simulate() once. Times by hand as in simulation_test.cpp: a position of 256 bits takes 4 cycles
// through the port, 34 through an analog core whose slowest unit takes 20, its packet over two routers 14, and a credit 10.
#include "hw/program/phases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "hw/chip/simulation.h"
#include "tests/hw/chip/program_fixture.h"

namespace mho::hw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::int64_t port = 4, core = 34, slowest = 20, packet = 14, credit = 10;
constexpr std::int64_t rest = credit + 3;  // and the router's own credit for its flit over the last link
constexpr std::int64_t row = 2 * 3 * 5;    // 32 columns, 16 at a time, 3 iterations of 5 cycles each

tiles::TileParameters programmed_tile() {
  tiles::TileParameters tile = small_tile();
  tile.programming.iterations = 3;
  tile.programming.iteration_time = base::Duration(5e-9);
  tile.programming.parallel_columns = 16;
  return tile;
}

/// Two layers of `positions` on the one tile of node 1, in turns: rows of the first, the first, rows of the second, the second.
Program in_turns(int positions, int rows, int other_rows, int batch = 1) {
  Builder b;
  const auto in = [&b](int stage, int phase, bool memory = false) {
    b.program.stages[static_cast<std::size_t>(stage)].phase = phase;
    b.program.stages[static_cast<std::size_t>(stage)].memory = memory;
    return stage;
  };
  const auto program_tile = [&b, &in](int tile, int count, int phase) {
    const int weights = in(b.add(Stage::Kind::source, "weights", 0, count), phase, true);
    const int writes = in(b.add(Stage::Kind::programming, "programming", 1, count), phase);
    b.program.stages.back().write = WriteWork{tile, count, 32};
    b.edge(weights, writes, 4);
  };
  const int source = in(b.source(positions), 1);
  const int first = in(b.analog("first", 1, positions), 1);
  const int kept = in(b.add(Stage::Kind::sink, "to memory", 0, positions), 1, true);
  const int again = in(b.add(Stage::Kind::source, "from memory", 0, positions), 3, true);
  const int second = in(b.analog("second", 1, positions), 3);
  const int sink = in(b.sink(positions), 3);
  b.program.stages[static_cast<std::size_t>(first)].mvm->inputs = rows;
  b.program.stages[static_cast<std::size_t>(second)].mvm->inputs = other_rows;
  b.program.stages[static_cast<std::size_t>(second)].mvm->tile = 2;
  b.edge(source, first, 4);
  b.edge(first, kept, 4);
  b.edge(again, second, 4);
  b.edge(second, sink, 4);
  program_tile(1, rows, 0);
  program_tile(2, other_rows, 2);
  b.program.phases = {{true, "program 1"}, {false, "compute 1"}, {true, "program 2"}, {false, "compute 2"}};
  b.program.batch = batch;
  return b.program;
}

/// Until the credit of the last row is back.
constexpr std::int64_t programming(int rows) { return port + packet + rows * row + rest; }
/// Until the last element has left.
constexpr std::int64_t computing(int positions) { return port + packet + core + packet + port + (positions - 1) * slowest; }

std::int64_t cycles(base::SimTime time) { return time.femtoseconds() / 1000000; }

SimulationResult run(const Program& program) {
  verify(program, small_chip());
  return simulate(program, small_chip(), programmed_tile());
}

TEST(Phases, OneInferenceTakesAllOfThem) {
  const auto result = run(in_turns(8, 32, 12));
  ASSERT_EQ(result.phases.size(), 4U);
  EXPECT_EQ(cycles(result.phases[0].single), programming(32));
  EXPECT_EQ(cycles(result.phases[1].single), computing(8) + rest);
  EXPECT_EQ(cycles(result.phases[2].single), programming(12));
  EXPECT_EQ(cycles(result.latency), programming(32) + computing(8) + rest + programming(12) + computing(8));
}

TEST(Phases, ABatchSharesItsProgramming) {
  const auto result = run(in_turns(8, 32, 12, 5));
  EXPECT_EQ(cycles(result.phases[0].batch), programming(32));
  EXPECT_EQ(cycles(result.phases[1].batch), computing(40) + rest);
  EXPECT_EQ(cycles(result.phases[2].batch), programming(12));
  const double all = static_cast<double>(programming(32) + programming(12) + 2 * (computing(40) + rest));
  EXPECT_NEAR(result.interval_s * 1e9, all / 5, 1e-6);
  EXPECT_EQ(result.steady_inferences, 5);
  EXPECT_EQ(result.window_inferences, 5);
  EXPECT_EQ(cycles(result.latency), programming(32) + computing(8) + rest + programming(12) + computing(8));
}

TEST(Phases, CountWhatTheyProgramAndCompute) {
  const auto result = run(in_turns(8, 32, 12, 5));
  EXPECT_EQ(result.steady.stages[1].mvms, 40U);
  EXPECT_EQ(result.steady.stages[4].mvms, 40U);
  EXPECT_EQ(result.steady.stages[7].programmed_devices, 32U * 32 * 2);  // two devices a weight, once a batch
  EXPECT_EQ(result.steady.stages[9].programmed_devices, 12U * 32 * 2);
  EXPECT_EQ(result.steady.stages[6].port_bits, 32U * 256);
  EXPECT_EQ(result.steady.stages[2].port_bits, 40U * 256);  // to memory
  EXPECT_EQ(result.steady.stages[3].port_bits, 40U * 256);  // and back
  // The array of node 1 is one unit in all phases.
  const auto arrays = std::ranges::count_if(result.steady.units, [](const UnitActivity& unit) { return unit.name == "array"; });
  EXPECT_EQ(arrays, 1);
}

/// What leaves the chip is what the last phase makes of what the first stored: neither phase sees the other's packets.
class Adding : public FunctionalInterface {
 public:
  Values compute(int stage, std::int64_t inference, int position, const Received& received) override {
    switch (stage) {
      case 0:
        return {static_cast<float>(100 * inference + position)};
      case 2: {
        kept_[{inference, position}] = received.at(0, position)[0];
        return {};
      }
      case 3:
        return {kept_.at({inference, position})};
      case 6:
      case 7:
      case 8:
      case 9:
        return {};
      default:
        return {received.at(0, position)[0] + static_cast<float>(stage)};
    }
  }
  Values payload(int /*edge*/, int /*position*/, const Values& values) const override { return values; }

 private:
  std::map<std::pair<std::int64_t, int>, float> kept_;
};

TEST(Phases, CarryValuesThroughTheMemory) {
  Adding adding;
  const Program program = in_turns(3, 2, 2, 2);
  SimulationOptions options;
  options.functional = &adding;
  options.inferences = 6;  // the first alone, then three batches of two
  const auto result = simulate(program, small_chip(), programmed_tile(), options);
  ASSERT_EQ(result.left.size(), 7U * 3);
  for (int i = 0; i < 7; ++i) {
    for (int p = 0; p < 3; ++p) {
      EXPECT_EQ(result.left[static_cast<std::size_t>(i * 3 + p)], Values{static_cast<float>(100 * i + p + 1 + 4 + 5)}) << i << " " << p;
    }
  }
  EXPECT_EQ(result.steady_inferences, 6);
  EXPECT_EQ(result.steady.stages[7].programmed_devices, 3U * 2 * 32 * 2);  // three batches of two rows
}

std::string refusal(const Program& program) {
  try {
    verify(program, small_chip());
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Phases, AnEdgeDoesNotLeaveItsPhase) {
  Program program = in_turns(8, 32, 12);
  program.edges[0].consumer = 4;
  EXPECT_THAT(refusal(program), AllOf(HasSubstr("edge 'source' -> 'second' leads from phase 1 to 3"), HasSubstr("memory")));
}

TEST(Phases, AStageBelongsToOneThatThereIs) {
  Program program = in_turns(8, 32, 12);
  program.stages[1].phase = 4;
  EXPECT_THAT(refusal(program), HasSubstr("stage 'first' belongs to phase 4, there are 4"));
}

TEST(Phases, WhatProgramsHasATileAndRows) {
  Program program = in_turns(8, 32, 12);
  program.stages[7].write.reset();
  EXPECT_THAT(refusal(program), HasSubstr("stage 'programming' programs, but has no tile"));
  program = in_turns(8, 32, 12);
  program.stages[7].write->rows = 31;
  EXPECT_THAT(refusal(program), HasSubstr("stage 'programming' programs 31 rows of 32 weights in 32 positions"));
  program = in_turns(8, 32, 12);
  program.batch = 0;
  EXPECT_THAT(refusal(program), HasSubstr("batch is of 0 inferences"));
}

TEST(Phases, WhatComputesHasBeenProgrammedBefore) {
  Program program = in_turns(8, 32, 12);
  program.stages[9].core = 2;
  EXPECT_THAT(refusal(program), HasSubstr("stage 'second' computes on tile 2 of core 1, which the phase before does not program for it"));
  program = in_turns(8, 32, 12);
  program.stages[9].write->tile = 1;
  EXPECT_THAT(refusal(program), HasSubstr("stage 'second' computes on tile 2"));
  program = in_turns(8, 32, 12);
  program.phases[2].programs = false;
  EXPECT_THAT(refusal(program), HasSubstr("stage 'programming' is in phase 'program 2', which does not program"));
  program = in_turns(8, 32, 12);
  program.phases[3].programs = true;
  EXPECT_THAT(refusal(program), HasSubstr("stage 'second' is in phase 'compute 2', which programs alone"));
}

TEST(Phases, TheChipHasOneWayIn) {
  Program program = in_turns(8, 32, 12);
  program.stages[3].memory = false;
  EXPECT_THAT(refusal(program),
              HasSubstr("it has 2 sources and 1 sinks; besides those of the memory it must have one sink, and sources in one phase"));
}

}  // namespace
}  // namespace mho::hw
