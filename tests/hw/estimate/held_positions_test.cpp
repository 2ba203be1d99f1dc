// What buffers hold, against a count period by period.
#include "hw/estimate/held_positions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace mho::hw::test {
namespace {

TEST(HeldPositions, MostAtOnceIsACountOfManyPeriods) {
  std::mt19937_64 random(3);
  const auto draw = [&](std::int64_t low, std::int64_t high) { return std::uniform_int_distribution<std::int64_t>(low, high)(random); };
  for (int round = 0; round < 200; ++round) {
    const std::int64_t period = draw(1, 40);
    std::vector<Stay> stays;
    std::int64_t longest = 0;
    for (std::int64_t n = draw(0, 12); n > 0; --n) {
      const std::int64_t from = draw(0, 150);
      stays.push_back({from, from + draw(0, 130)});
      longest = std::max(longest, stays.back().to);
    }
    // In the period after the longest stay of the first round everything has its steady state.
    std::int64_t most = 0;
    for (std::int64_t time = longest; time < longest + period; ++time) {
      std::int64_t there = 0;
      for (std::int64_t origin = 0; origin <= time; origin += period)
        there += std::ranges::count_if(stays, [&](const Stay& stay) { return origin + stay.from <= time && time < origin + stay.to; });
      most = std::max(most, there);
    }
    EXPECT_EQ(most_at_once(stays, period), most) << "round " << round;
  }
}

}  // namespace
}  // namespace mho::hw::test
