// One simulation per process: every case calls simulate() once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/error.h"
#include "hw/chip/simulation.h"
#include "tests/hw/chip/program_fixture.h"

namespace mho::hw {
namespace {

using Kind = PacketFault::Kind;
using ::testing::HasSubstr;

/// Whole numbers, so that every sum is exact. The source makes 100 inference + position; every other stage adds up what position k of its inputs
/// brings, `window` positions of it, and its own number.
class Sums : public FunctionalInterface {
 public:
  explicit Sums(const Program& program, int window = 1) : program_(program), window_(window) {}
  [[nodiscard]] Values compute(int stage, std::int64_t inference, int position, const Received& received) override {
    const Stage& own = program_.stages[static_cast<std::size_t>(stage)];
    if (own.kind == Stage::Kind::source) return {static_cast<float>(100 * inference + position)};
    float sum = own.kind == Stage::Kind::sink ? 0.0F : static_cast<float>(stage);
    std::size_t input = 0;
    for (const Edge& edge : program_.edges) {
      if (edge.consumer != stage) continue;
      const bool wide = own.name.starts_with("deep");
      for (int p = position; p < std::min(own.positions, position + (wide ? window_ : 1)); ++p) sum += received.at(input, p)[0];
      ++input;
    }
    return {sum};
  }
  [[nodiscard]] Values payload(int /*edge*/, int /*position*/, const Values& values) const override { return values; }

 private:
  const Program& program_;
  int window_;
};

SimulationOptions with(FunctionalInterface& functional, std::vector<PacketFault> faults = {}) {
  SimulationOptions options;
  options.functional = &functional;
  options.faults = std::move(faults);
  return options;
}

/// residual(8, 2, 12): stage 1 is the head, 2 and 3 are deep with windows of 3, 4 the join. By hand.
std::vector<float> wanted(std::int64_t inference) {
  constexpr int positions = 8;
  std::vector<float> head, deep, deeper, join;
  for (int k = 0; k < positions; ++k) head.push_back(static_cast<float>(100 * inference + k + 1));
  const auto windowed = [&](const std::vector<float>& x, int k) {
    float sum = 0;
    for (int p = k; p < std::min(positions, k + 3); ++p) sum += x[static_cast<std::size_t>(p)];
    return sum;
  };
  for (int k = 0; k < positions; ++k) deep.push_back(windowed(head, k) + 2);
  for (int k = 0; k < positions; ++k) deeper.push_back(windowed(deep, k) + 3);
  for (int k = 0; k < positions; ++k) join.push_back(deeper[static_cast<std::size_t>(k)] + head[static_cast<std::size_t>(k)] + 4);
  return join;
}

Program program() { return residual(8, 2, 12); }

/// Runs with the faults; what left the chip, or the message of what was detected.
struct Outcome {
  std::vector<std::vector<float>> left;
  std::string message;
};
Outcome outcome(const Program& of, std::vector<PacketFault> faults, int window = 3) {
  Sums sums(of, window);
  try {
    return {simulate(of, small_chip(), small_tile(), with(sums, std::move(faults))).left, ""};
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::failed_check);
    return {{}, error.what()};
  }
}

void expect_right(const std::vector<std::vector<float>>& left) {
  ASSERT_GE(left.size(), 9U * 8U);  // one inference alone, eight back to back
  for (std::size_t i = 0; i < left.size(); ++i) {
    ASSERT_EQ(left[i].size(), 1U);
    EXPECT_EQ(left[i][0], wanted(static_cast<std::int64_t>(i / 8))[i % 8]) << "position " << i;
  }
}

TEST(FunctionalInterface, WhatLeavesTheChipIsComputedFromWhatItsPacketsCarried) {
  const Outcome all = outcome(program(), {});
  EXPECT_EQ(all.message, "");
  expect_right(all.left);
}

TEST(FunctionalInterface, AReleasedPositionCannotBeRead) {
  // Position 7 of the first inference of 'deep 0' reads positions 7 and 8: the program has dropped 7 already.
  Program of = program();
  for (Edge& edge : of.edges) {
    if (of.stages[static_cast<std::size_t>(edge.consumer)].name != "deep 0") continue;
    edge.releases = edge.needs;
  }
  const Outcome all = outcome(of, {});
  EXPECT_THAT(all.message, HasSubstr("'deep 0' reads position 1 of 'head', which was released before"));
}

TEST(FunctionalInterface, APositionThatHasNotArrivedCannotBeRead) {
  Program of = program();
  for (Edge& edge : of.edges) {
    if (of.stages[static_cast<std::size_t>(edge.consumer)].name == "deep 1") edge.needs = one_by_one(8);
  }
  const Outcome all = outcome(of, {});
  EXPECT_THAT(all.message, HasSubstr("position 0 of stage 'deep 1' reads position 1 of 'deep 0', which has not arrived"));
}

int edge_between(const Program& of, const std::string& producer, const std::string& consumer) {
  for (std::size_t e = 0; e < of.edges.size(); ++e) {
    if (of.stages[static_cast<std::size_t>(of.edges[e].producer)].name == producer &&
        of.stages[static_cast<std::size_t>(of.edges[e].consumer)].name == consumer) {
      return static_cast<int>(e);
    }
  }
  ADD_FAILURE() << "no edge " << producer << " -> " << consumer;
  return -1;
}

/// Three products for one position of the first inference, else one each.
class Repeating : public Sums {
 public:
  Repeating(const Program& program, int position) : Sums(program), position_(position) {}
  [[nodiscard]] Values compute(int stage, std::int64_t inference, int position, const Received& received) override {
    if (stage == 1) products_ = inference == 0 && position == position_ ? 3 : 1;
    return Sums::compute(stage, inference, position, received);
  }
  [[nodiscard]] int products(int stage) const override { return stage == 1 ? products_ : 1; }

 private:
  int position_;
  int products_ = 1;
};

/// 8 positions through units of 3, 7, 20 and 4 cycles between two ports of 4 and two packets of 14: position k is converted from 10 + 20 k on. A
/// repeat takes 3 + 7 + 20, and what the array had for the position behind it is settled and integrated anew, 3 + 7.
constexpr std::int64_t without_repeats = 4 + 14 + 34 + 7 * 20 + 14 + 4;

TEST(Repeats, APositionInTheMiddleHoldsUpThoseBehindIt) {
  const Program program = single_stage(8);
  Repeating functional(program, 2);
  const auto result = simulate(program, small_chip(), small_tile(), with(functional));
  EXPECT_EQ(result.latency.femtoseconds() / 1000000, without_repeats + 2 * 30 + 10);
  EXPECT_EQ(result.single.stages[1].repeat_cycles, 2 * 30 + 10);
  EXPECT_EQ(result.single.stages[1].busy_cycles, 8 * 20 + 2 * 30 + 10);  // the converters
  EXPECT_EQ(result.steady.stages[1].repeat_cycles, 0);
  EXPECT_NEAR(result.interval_s, 8 * 20e-9, 1e-15);
}

TEST(Repeats, TheLastPositionHasNothingBehindIt) {
  const Program program = single_stage(8);
  Repeating functional(program, 7);
  const auto result = simulate(program, small_chip(), small_tile(), with(functional));
  EXPECT_EQ(result.latency.femtoseconds() / 1000000, without_repeats + 2 * 30);
  EXPECT_EQ(result.single.stages[1].repeat_cycles, 2 * 30);
}

/// Two tiles on shared converters, the first repeats: the second's charges wait as long.
TEST(Repeats, SharedConvertersServeNobodyElse) {
  const Program program = two_tiles_on_a_core(1, false);
  ChipParameters chip = small_chip();
  chip.tiles_per_core = 2;
  Repeating functional(program, 0);
  const auto result = simulate(program, chip, small_tile(), with(functional));
  EXPECT_EQ(result.single.stages[1].repeat_cycles, 2 * 30);
  EXPECT_EQ(result.single.stages[2].repeat_cycles, 0);
  // The second vector comes at 4 + 14 + 5, is sampled 10 later and waits until 18 + 10 + 20 + 60; then its conversion, 4, packet and port.
  EXPECT_EQ(result.latency.femtoseconds() / 1000000, 108 + 20 + 4 + 14 + 4);
}

TEST(PacketFaults, ADroppedPacketLeavesItsReaderWaiting) {
  const Program of = program();
  const Outcome all = outcome(of, {{Kind::drop, edge_between(of, "deep 0", "deep 1"), 5}});
  EXPECT_THAT(all.message, HasSubstr("standstill"));
  EXPECT_THAT(all.message, HasSubstr("'deep 1' (3 of 8 positions) waits for 1 more position on edge 'deep 0' -> 'deep 1'"));
}

TEST(PacketFaults, TwoSwappedPacketsChangeWhatLeaves) {
  const Program of = program();
  const Outcome all = outcome(of, {{Kind::swap, edge_between(of, "head", "join"), 3}});
  EXPECT_EQ(all.message, "");
  ASSERT_GE(all.left.size(), 8U);
  const std::vector<float> right = wanted(0);
  EXPECT_EQ(all.left[2][0], right[2]);
  EXPECT_EQ(all.left[3][0], right[3] + 1);  // the head's position 4 is 1 larger than its position 3
  EXPECT_EQ(all.left[4][0], right[4] - 1);
}

TEST(PacketFaults, AMisroutedPacketIsNamed) {
  const Program of = program();
  const Outcome all = outcome(of, {{Kind::misroute, edge_between(of, "head", "deep 0"), 2, 6}});
  EXPECT_THAT(all.message, HasSubstr("position 2 of edge 'head' -> 'deep 0' reached node 6"));
  EXPECT_THAT(all.message, HasSubstr("which does not run 'deep 0' (node 2 does)"));
}

TEST(PacketFaults, APacketThatComesTwiceIsNamed) {
  // Position 3 of one edge arrives as position 3 of the other one into the join.
  const Program of = program();
  const int from = edge_between(of, "deep 1", "join"), to = edge_between(of, "head", "join");
  const Outcome all = outcome(of, {{Kind::redirect, from, 3, to}});
  EXPECT_THAT(all.message, HasSubstr("position 3 of edge 'head' -> 'join' reached node 4"));
  EXPECT_THAT(all.message, HasSubstr("which had received it before"));
}

TEST(PacketFaults, ACorruptedValueChangesWhatLeaves) {
  const Program of = program();
  const Outcome all = outcome(of, {{Kind::corrupt, edge_between(of, "source", "head"), 7}});
  EXPECT_EQ(all.message, "");
  ASSERT_GE(all.left.size(), 8U);
  // The head's position 7 is in the windows of 'deep 0' at 5, 6 and 7; of these three, 'deep 1' at 3 to 7 sees 1, 2, 3, 2, 1; the join adds it at 7.
  const std::vector<float> more{0, 0, 0, 1, 2, 3, 2, 2};
  for (std::size_t k = 0; k < more.size(); ++k) EXPECT_EQ(all.left[k][0], wanted(0)[k] + more[k]) << k;
}

}  // namespace
}  // namespace mho::hw
