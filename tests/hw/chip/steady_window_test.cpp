#include "hw/chip/steady_window.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace mho::hw {
namespace {

/// The first completion in cycle 1000, the others as far apart as `intervals` say; the last `drained` of them after the last injection.
SteadyWindow after(const std::vector<std::int64_t>& intervals, double least = 0, std::size_t drained = 0) {
  SteadyWindow window(least);
  std::int64_t cycle = 1000;
  window.add(cycle, true);
  for (std::size_t i = 0; i < intervals.size(); ++i) window.add(cycle += intervals[i], i + drained < intervals.size());
  return window;
}

TEST(SteadyWindow, FourIntervalsThatAgreeHaveSettled) {
  EXPECT_FALSE(after({250, 100, 101, 100}).find().settled);
  const auto found = after({250, 100, 101, 100, 100}).find();
  EXPECT_TRUE(found.settled);
  EXPECT_EQ(found.from, 1U);
  EXPECT_EQ(found.to, 5U);
}

TEST(SteadyWindow, IntervalsThatAlternateSettleOverTheirGroups) {
  const auto found = after({300, 100, 140, 100, 140, 100, 140}).find();
  EXPECT_TRUE(found.settled);
  EXPECT_EQ(found.intervals(), 6U);
  EXPECT_EQ(found.from, 1U);
  EXPECT_FALSE(after({100, 140, 100, 150, 100, 160}).find().settled) << "groups that grow";
}

TEST(SteadyWindow, OneIntervalOfTheBusiestUnitHasSettled) {
  EXPECT_FALSE(after({104}, 100).find().settled);
  const auto found = after({104, 100}, 100).find();
  EXPECT_TRUE(found.settled);
  EXPECT_EQ(found.from, 1U);
  EXPECT_EQ(after({104, 100, 100, 100}, 100).find().intervals(), 3U) << "all that are as short";
}

TEST(SteadyWindow, NothingSettlesFasterThanTheBusiestUnit) {
  EXPECT_TRUE(after({50, 50, 50, 50}).find().settled);
  EXPECT_FALSE(after({50, 50, 50, 50}, 100).find().settled);
}

TEST(SteadyWindow, ABurstUndercutsTheBusiestUnit) {
  EXPECT_TRUE(after({20, 30, 100, 100}, 100).undercuts()) << "250 cycles for four inferences";
  EXPECT_FALSE(after({20, 180, 100, 100}, 100).undercuts());
  EXPECT_FALSE(after({20, 30}).undercuts()) << "the least is not known";
  EXPECT_FALSE(SteadyWindow(100).undercuts());
}

TEST(SteadyWindow, WhatDrainsIsOutsideTheWindow) {
  const auto found = after({100, 101, 100, 100, 60, 40}, 0, 2).find();
  EXPECT_TRUE(found.settled);
  EXPECT_EQ(found.to, 4U);
  const auto unsettled = after({100, 120, 60, 40}, 0, 2).find();
  EXPECT_FALSE(unsettled.settled);
  EXPECT_EQ(unsettled.from, 0U);
  EXPECT_EQ(unsettled.to, 2U);
}

TEST(SteadyWindow, WithoutTwoFedCompletionsAllCountAndNothingHasSettled) {
  const auto found = after({100, 100, 100, 100}, 100, 4).find();
  EXPECT_FALSE(found.settled);
  EXPECT_EQ(found.intervals(), 4U);
  EXPECT_EQ(SteadyWindow(1).find().intervals(), 0U);
}

}  // namespace
}  // namespace mho::hw
