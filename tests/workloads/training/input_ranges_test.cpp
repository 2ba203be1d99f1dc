#include "workloads/training/input_ranges.h"

#include <gtest/gtest.h>

namespace mho::workloads {
namespace {

constexpr Recipe::Ranges recipe{.learned = true, .rate = 0.1, .initial_batches = 2, .initial_sigmas = 3, .decay = 0.01, .inside = 0.9};

/// Four inputs with mean 1 and deviation 2.
constexpr InputStatistics wide{.sum = 4, .squares = 20, .count = 4, .clipped = 0, .gradient = 0};

TEST(InputRangesTest, BeginAsTheRunningMeanOfDeviations) {
  // 3 deviations of 2 are 6, whatever it was before; then the mean of 6 and 3 deviations of 1.
  EXPECT_FLOAT_EQ(followed_range(recipe, wide, 0, 1, 100), 6);
  const InputStatistics narrow{.sum = 0, .squares = 4, .count = 4};
  EXPECT_FLOAT_EQ(followed_range(recipe, narrow, 1, 1, 6), 4.5F);
}

TEST(InputRangesTest, ThenGoAgainstTheirGradientAndShrinkWhileEnoughIsInside) {
  // One of ten beyond it: not more than 0.9 inside. 2 - 0.1 * 0.5 * -4.
  const InputStatistics clipping{.sum = 0, .squares = 10, .count = 10, .clipped = 1, .gradient = -4};
  EXPECT_FLOAT_EQ(followed_range(recipe, clipping, 2, 0.5, 2), 2.2F);
  // All inside: 2 - 0.1 * (0.01 * 2).
  EXPECT_FLOAT_EQ(followed_range(recipe, wide, 2, 1, 2), 1.998F);
}

TEST(InputRangesTest, AStepHalvesOrDoublesAtMost) {
  InputStatistics steep{.sum = 0, .squares = 10, .count = 10, .clipped = 5, .gradient = 1000};
  EXPECT_FLOAT_EQ(followed_range(recipe, steep, 5, 1, 2), 1);
  steep.gradient = -1000;
  EXPECT_FLOAT_EQ(followed_range(recipe, steep, 5, 1, 2), 4);
}

TEST(InputRangesTest, StayWhereTheyAreNotLearnedOrNothingIsSeen) {
  Recipe::Ranges kept = recipe;
  kept.learned = false;
  for (const std::int64_t step : {0, 1, 2, 50}) EXPECT_EQ(followed_range(kept, wide, step, 1, 1.5F), 1.5F);
  EXPECT_EQ(followed_range(recipe, {}, 0, 1, 1.5F), 1.5F);
  const InputStatistics constant{.sum = 4, .squares = 4, .count = 4};
  EXPECT_EQ(followed_range(recipe, constant, 0, 1, 1.5F), 1.5F);
}

}  // namespace
}  // namespace mho::workloads
