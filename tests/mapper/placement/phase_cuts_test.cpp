// Cuts between programmings: the shortest path against all ways to cut, and its times against sums by hand.
#include "mapper/placement/phase_cuts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "base/index.h"
#include "hw/program/phases.h"
#include "mapper/lowering/lowering.h"
#include "mapper/placement/partition.h"
#include "tests/mapper/small_networks.h"

namespace mho::mapper::test {
namespace {

using base::index;

double time_of(const PhaseCuts& cuts, const std::vector<std::vector<double>>& times) {
  double sum = 0;
  for (std::size_t part = 0; part < cuts.size(); ++part) {
    const int end = part + 1 < cuts.size() ? cuts[part + 1] : static_cast<int>(times.size());
    const std::vector<double>& from = times[index(cuts[part])];
    const std::size_t length = index(end - cuts[part]);
    if (length > from.size()) return std::numeric_limits<double>::infinity();
    sum += from[length - 1];
  }
  return sum;
}

/// The least time of all ways to cut.
double least(const std::vector<std::vector<double>>& times) {
  double best = std::numeric_limits<double>::infinity();
  for (std::uint32_t bits = 0; bits < 1U << (times.size() - 1); ++bits) {
    PhaseCuts cuts{0};
    for (std::size_t step = 1; step < times.size(); ++step) {
      if ((bits >> (step - 1) & 1U) != 0) cuts.push_back(static_cast<int>(step));
    }
    best = std::min(best, time_of(cuts, times));
  }
  return best;
}

TEST(PhaseCuts, AreTheFastestOfAllWaysToCut) {
  std::mt19937 random(1);
  for (int turn = 0; turn < 100; ++turn) {
    const std::size_t steps = 1 + random() % 10;
    std::vector<std::vector<double>> times(steps);
    for (std::size_t begin = 0; begin < steps; ++begin) {
      const std::size_t most = std::min<std::size_t>(steps - begin, 1 + random() % 5);
      for (std::size_t length = 1; length <= most; ++length) times[begin].push_back(static_cast<double>(1 + random() % 100));
    }
    const PhaseCuts cuts = fastest_cuts(times);
    ASSERT_EQ(cuts.front(), 0);
    ASSERT_DOUBLE_EQ(time_of(cuts, times), least(times));
  }
}

struct Case {
  explicit Case(const workloads::Network& network, const std::vector<std::string>& assignments = {}, int inferences = 1)
      : on(setting(assignments)), batch(inferences) {
    workloads::TiledNetwork tiled = lay_out(network, on.tile);
    for (auto& [matrix, parts] : tiled.calibration.parts) parts.assign(parts.size(), {});
    lowered = lower(tiled, false, {});
    steps = phase_steps(lowered);
  }
  [[nodiscard]] std::vector<std::vector<double>> times(std::size_t tiles) const {
    const PartTimes all(lowered, steps, on.chip, on.tile, batch);
    std::vector<std::vector<double>> list;
    for (std::size_t step = 0; step < steps.tiles.size(); ++step) list.push_back(all.from(static_cast<int>(step), tiles));
    return list;
  }
  Setting on;
  int batch;
  Lowered lowered;
  PhaseSteps steps;
};

/// Products of 16 x 16 and 64 x 16 one after the other: 12 us a row of 64 columns at once, and a position of 132 ns each.
TEST(PhaseCuts, PartsTakeTheTimeOfTheirSlowestTileAndOfTheirPath) {
  NetworkBuilder b({1, 16});
  const Case chain(b.finish(b.gemm("three", b.gemm("two", b.gemm("one", 0, 64), 16), 16)), {"port.bits_per_cycle=1e6"});
  ASSERT_EQ(chain.steps.tiles.size(), 3U);
  const auto times = chain.times(2);
  ASSERT_EQ(times[0].size(), 2U);
  ASSERT_EQ(times[2].size(), 1U);
  constexpr double product = 132e-9, pulse = 12e-6;  // seconds
  const double slack = 30e-9;                        // ports
  EXPECT_NEAR(times[0][0], 16 * pulse + product, slack);
  EXPECT_NEAR(times[0][1], 64 * pulse + 2 * product, slack);
  EXPECT_NEAR(times[1][0], 64 * pulse + product, slack);
  EXPECT_NEAR(times[2][0], 16 * pulse + product, slack);
  // Later is slower: two alone would wait for its rows, and three is quick.
  EXPECT_EQ(filled_cuts(chain.steps, [](int) { return std::size_t{2}; }), (PhaseCuts{0, 2}));
  const double filled = time_of({0, 2}, times), late = time_of({0, 1}, times);
  EXPECT_LT(filled, late);
  EXPECT_EQ(fastest_cuts(times), (PhaseCuts{0, 2}));
}

/// A batch passes at the pace of the busiest stage.
TEST(PhaseCuts, ABatchAddsThePaceOfTheBusiestStage) {
  const workloads::Network network = residual_chain(2);
  const auto one = Case(network, {}, 1).times(100), nine = Case(network, {}, 9).times(100);
  // 16 x 16 positions of 132 ns in the first convolution and every one behind it until the stride.
  EXPECT_NEAR(nine[0][0] - one[0][0], 8 * 256 * 132e-9, 1e-9);
  EXPECT_GT(nine[0].back() - one[0].back(), 8 * 256 * 132e-9 - 1e-9);
}

/// Small layers at both ends of two large ones: a part in the middle holds both large ones where filling puts them into two.
TEST(PhaseCuts, FastestNeedsNoMoreTimeThanFilledAndSometimesLess) {
  NetworkBuilder b({1, 16});
  int x = b.gemm("a", 0, 400);
  x = b.gemm("b", x, 400);
  x = b.gemm("c", x, 400);
  x = b.gemm("d", x, 16);
  const workloads::Network network = b.finish(b.gemm("e", x, 16));
  const Case all(network);
  const auto times = all.times(2);
  const PhaseCuts filled = filled_cuts(all.steps, [](int) { return std::size_t{2}; }), fastest = fastest_cuts(times);
  EXPECT_DOUBLE_EQ(time_of(fastest, times), least(times));
  EXPECT_LT(time_of(fastest, times), 0.8 * time_of(filled, times));

  std::vector<std::string> chip{"chip.mesh.height=1", "chip.digital_cores=1", "mapper.weights=reloaded", "chip.mesh.width=4",
                                "mapper.phases=fastest"};
  const Setting on = setting(chip);
  const Mapping mapping = map_on(network, on);
  hw::verify(mapping.program, on.chip);
  std::vector<int> first;  // tile of each part, by name of the matrix
  std::vector<std::string> layers;
  for (const TilePlacement& tile : mapping.tiles) {
    if (std::ranges::find(first, tile.phase) != first.end()) continue;
    first.push_back(tile.phase);
    layers.push_back(tile.layer);
  }
  ASSERT_EQ(first.size(), fastest.size());
  constexpr const char* names[] = {"a", "b", "c", "d", "e"};
  for (std::size_t part = 0; part < fastest.size(); ++part) EXPECT_EQ(layers[part], names[fastest[part]]);
}

/// What crosses a cut is read from memory in every part that needs it, and written in the part that makes it, once.
TEST(PhaseCuts, WhatCrossesACutSlowsABatchDown) {
  const workloads::Network network = residual_chain(3);
  const std::vector<std::string> slow{"port.bits_per_cycle=0.25"};
  const Case few(network, slow, 1), many(network, slow, 5);
  const auto one = few.times(100), five = many.times(100);
  // The first convolution alone: its 256 positions of 8 channels of 16 bits go out at a quarter of a bit a cycle; behind it, the input is not read.
  const double out = 256.0 * 8 * 16 / 0.25 * 1e-9;
  EXPECT_NEAR(five[0][0] - one[0][0], 4 * out, 0.02 * 4 * out);
  // All of it: the input comes in, and the result goes out.
  EXPECT_LT(five[0].back() - one[0].back(), 4 * out);
}

}  // namespace
}  // namespace mho::mapper::test
