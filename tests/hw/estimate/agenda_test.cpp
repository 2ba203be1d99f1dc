#include "hw/estimate/agenda.h"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "base/random.h"

namespace mho::hw {
namespace {

/// Against a sorted set: entries near and far, at equal times, before what comes next, of clocks that do not divide each other.
TEST(Agenda, GivesEntriesInTheOrderOfTheirTimes) {
  constexpr std::int64_t periods[] = {1'000'000, 769'231, 2'000'000};
  const base::RandomStream random({.seed = 4, .purpose = base::Purpose::data});
  Agenda agenda(periods[0]);
  std::set<std::tuple<std::int64_t, int>> wanted;  // time, number
  std::int64_t now = 0;
  int number = 0, taken = 0;
  for (std::uint32_t step = 0; step < 200'000; ++step) {
    const std::uint64_t bits = random.bits({.sample = step}, 0);
    if (wanted.empty() || (bits & 3U) != 0) {
      const std::int64_t cycles =
          (bits >> 2U & 31U) == 0 ? static_cast<std::int64_t>(bits >> 10U & 0xFFFFU) : static_cast<std::int64_t>(bits >> 10U & 63U);
      const std::int64_t time = now + cycles * periods[(bits >> 40U) % 3];
      agenda.add(time, Agenda::What::unit, number, 0);
      wanted.emplace(time, number++);
    }
    // One peeks at the next and adds before it: what is taken is still the earliest.
    if (!wanted.empty()) {
      EXPECT_EQ(agenda.next_time(), std::get<0>(*wanted.begin()));
    }
    if ((bits >> 50U & 1U) == 0 || wanted.size() > 300) {
      const Agenda::Entry entry = agenda.take();
      ASSERT_EQ(std::make_tuple(entry.time, static_cast<int>(entry.target)), *wanted.begin());
      wanted.erase(wanted.begin());
      now = entry.time;
      ++taken;
    }
  }
  EXPECT_GT(taken, 50'000);
  while (!agenda.empty()) {
    ASSERT_EQ(static_cast<int>(agenda.take().target), std::get<1>(*wanted.begin()));
    wanted.erase(wanted.begin());
  }
  EXPECT_TRUE(wanted.empty());
}

TEST(Agenda, LooksFarAhead) {
  Agenda agenda(1000);
  agenda.add(1'000'000'000, Agenda::What::unit, 1, 0);
  EXPECT_EQ(agenda.next_time(), 1'000'000'000);
  agenda.add(5, Agenda::What::unit, 0, 0);  // after a look, before what it saw
  EXPECT_EQ(agenda.take().target, 0);
  EXPECT_EQ(agenda.take().target, 1);
  EXPECT_TRUE(agenda.empty());
}

}  // namespace
}  // namespace mho::hw
