// Cycles of a link, against a set of cycles that are taken.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <set>

#include "hw/estimate/timed_network.h"

namespace mho::hw::test {
namespace {

/// The first cycles from `cycle` on that are not in `taken`.
LinkCalendar::Crossing first_free(std::set<std::int64_t>& taken, std::int64_t cycle, std::int64_t flits) {
  LinkCalendar::Crossing crossing{-1, -1};
  for (; flits > 0; ++cycle) {
    if (!taken.insert(cycle).second) continue;
    if (crossing.first < 0) crossing.first = cycle;
    crossing.last = cycle;
    --flits;
  }
  return crossing;
}

/// `spread`: how far packets are asked for out of order, cycles; `longest`: of their lengths, flits.
void compare(std::uint64_t seed, std::int64_t spread, std::int64_t longest, double load) {
  std::mt19937_64 random(seed);
  const auto draw = [&](std::int64_t low, std::int64_t high) { return std::uniform_int_distribution<std::int64_t>(low, high)(random); };
  LinkCalendar link;
  std::set<std::int64_t> taken;
  double now = static_cast<double>(spread);
  for (int packet = 0; packet < 20'000; ++packet) {
    const std::int64_t flits = draw(1, longest), cycle = static_cast<std::int64_t>(now) - draw(0, spread);
    now += static_cast<double>(flits) / load;
    const LinkCalendar::Crossing found = link.take(cycle, flits), wanted = first_free(taken, cycle, flits);
    ASSERT_EQ(found.first, wanted.first) << "packet " << packet << " of " << flits << " flits from cycle " << cycle;
    ASSERT_EQ(found.last, wanted.last) << "packet " << packet << " of " << flits << " flits from cycle " << cycle;
  }
}

TEST(LinkCalendar, GivesTheFirstFreeCyclesInAnyOrder) { compare(1, 1000, 20, 0.7); }
TEST(LinkCalendar, OfAFullLink) { compare(2, 3000, 40, 0.99); }
TEST(LinkCalendar, OfLongPackets) { compare(3, 8000, 700, 0.8); }
TEST(LinkCalendar, OfAQuietLink) { compare(4, 20'000, 9, 0.01); }

/// Of cycles far before the latest ones it knows nothing any more; packets there are as good as alone.
TEST(LinkCalendar, ForgetsWhatLiesFarBack) {
  LinkCalendar link;
  EXPECT_EQ(link.take(10, 5).last, 14);
  EXPECT_EQ(link.take(10, 5).first, 15);
  EXPECT_EQ(link.take(1'000'000, 5).first, 1'000'000);
  EXPECT_EQ(link.take(10, 5).first, 10);
}

/// A packet longer than all it knows.
TEST(LinkCalendar, OfAPacketWithoutEnd) {
  LinkCalendar link;
  const LinkCalendar::Crossing crossing = link.take(100, 200'000);
  EXPECT_EQ(crossing.first, 100);
  EXPECT_EQ(crossing.last, 200'099);
  EXPECT_EQ(link.take(200'050, 1).first, 200'100);
}

}  // namespace
}  // namespace mho::hw::test
