#include "base/time.h"

#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "tests/base/expect_error.h"

namespace mho::base {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

SimTime fs(std::int64_t count) { return SimTime::from_femtoseconds(count); }

TEST(SimTime, RoundsToTheNearestFemtosecond) {
  EXPECT_EQ(SimTime::from(Duration(40e-9)).femtoseconds(), 40'000'000);
  EXPECT_EQ(SimTime::from(Duration(0.1)).femtoseconds(), 100'000'000'000'000);
  EXPECT_EQ(SimTime::from(Duration(1.4e-15)).femtoseconds(), 1);
  EXPECT_EQ(SimTime::from(Duration(1.6e-15)).femtoseconds(), 2);
  EXPECT_EQ(SimTime::from(Duration(-1.6e-15)).femtoseconds(), -2);
  EXPECT_EQ(SimTime::from(Duration(9000)).femtoseconds(), 9'000'000'000'000'000'000);
  EXPECT_EQ(SimTime::from(Duration(3600)).seconds(), 3600.0);
}

TEST(SimTime, OverflowIsAnError) {
  EXPECT_EQ((fs(largest - 1) + fs(1)).femtoseconds(), largest);
  EXPECT_THROW(fs(largest) + fs(1), std::overflow_error);
  EXPECT_EQ((fs(smallest + 1) - fs(1)).femtoseconds(), smallest);
  EXPECT_THROW(fs(smallest) - fs(1), std::overflow_error);
  EXPECT_EQ((fs(1) * largest).femtoseconds(), largest);
  EXPECT_THROW(fs(2) * largest, std::overflow_error);
  EXPECT_THROW(SimTime::from(Duration(9300)), std::overflow_error);
  EXPECT_THROW(SimTime::from(Duration(-9300)), std::overflow_error);
  EXPECT_THROW(SimTime::from(Duration(NAN)), std::overflow_error);
  EXPECT_THROW(SimTime::from(Duration(INFINITY)), std::overflow_error);
}

TEST(Clock, EdgesByHand) {
  const Clock three(3'000'000'000, 1);  // period 333333 1/3 fs
  EXPECT_EQ(three.edge(0), fs(0));
  EXPECT_EQ(three.edge(1), fs(333'333));
  EXPECT_EQ(three.edge(2), fs(666'666));
  EXPECT_EQ(three.edge(3), fs(1'000'000));
  EXPECT_EQ(three.edge(-1), fs(-333'334));
  EXPECT_EQ(three.next_edge_index(fs(0)), 0);
  EXPECT_EQ(three.next_edge_index(fs(1)), 1);
  EXPECT_EQ(three.next_edge_index(fs(333'333)), 1);
  EXPECT_EQ(three.next_edge_index(fs(333'334)), 2);
  EXPECT_EQ(three.edge_index(fs(333'332)), 0);
  EXPECT_EQ(three.edge_index(fs(333'333)), 1);
  EXPECT_EQ(three.edge_index(fs(-1)), -1);
}

TEST(Clock, NothingDriftsOverATrillionEdges) {
  constexpr std::int64_t trillion = 1'000'000'000'000;
  // 3 GHz: edge 3k lies at exactly k ns, however far.
  EXPECT_EQ(Clock(3'000'000'000, 1).edge(3 * trillion), fs(trillion * 1'000'000));
  EXPECT_EQ(Clock(3'000'000'000, 1).edge(3 * trillion + 1), fs(trillion * 1'000'000 + 333'333));
  // 700.001 MHz in millihertz: 700001 edges take exactly 1 ms.
  const Clock odd = Clock::from(Frequency(700.001e6));
  EXPECT_EQ(odd.edge(700'001), fs(1'000'000'000'000));
  EXPECT_EQ(odd.edge(700'001'000'000), fs(1'000'000'000'000'000'000));
  // Two clocks of the same frequency written differently never part.
  EXPECT_EQ(Clock(2'500'000'000, 5).edge(trillion * 4 + 7), Clock(500'000'000, 1).edge(trillion * 4 + 7));
}

TEST(Clock, IndicesAreExactInversesOfEdges) {
  const bool held = rc::check([] {
    const auto denominator = *rc::gen::inRange<std::int64_t>(1, 1'000'000);
    const auto numerator = *rc::gen::inRange<std::int64_t>(denominator * 1000, denominator * 10'000'000'000);
    const Clock clock(numerator, denominator);
    const std::int64_t most = std::min<std::int64_t>(1'000'000'000'000, 8000 * (numerator / denominator));  // within 8000 s
    const auto k = *rc::gen::inRange<std::int64_t>(-most, most);
    const SimTime edge = clock.edge(k);
    RC_ASSERT(clock.edge_index(edge) == k);
    RC_ASSERT(clock.next_edge_index(edge) == k);
    RC_ASSERT(clock.edge_index(edge - fs(1)) == k - 1);
    RC_ASSERT(clock.next_edge_index(edge + fs(1)) == k + 1);
    RC_ASSERT(clock.edge(k) < clock.edge(k + 1));
    const SimTime any = fs(*rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000));
    RC_ASSERT(clock.edge(clock.edge_index(any)) <= any);
    RC_ASSERT(any < clock.edge(clock.edge_index(any) + 1));
    RC_ASSERT(clock.edge(clock.next_edge_index(any)) >= any);
    RC_ASSERT(clock.edge(clock.next_edge_index(any) - 1) < any);
  });
  EXPECT_TRUE(held);
}

TEST(Clock, CyclesCoverADuration) {
  const Clock giga(1'000'000'000, 1);
  EXPECT_EQ(giga.cycles(Duration(0)), 0);
  EXPECT_EQ(giga.cycles(Duration(-1e-9)), 0);
  EXPECT_EQ(giga.cycles(Duration(1e-9)), 1);
  EXPECT_EQ(giga.cycles(Duration(1.001e-9)), 2);
  EXPECT_EQ(giga.cycles(Duration(1e-15)), 1);
  EXPECT_EQ(giga.cycles(Duration(40e-9)), 40);
  // A duration computed as n periods counts n cycles, whatever its rounding.
  for (const std::int64_t hertz : std::vector<std::int64_t>{3'000'000'000, 700'000'000, 1'200'000'000, 333'333'333}) {
    const Clock clock(hertz, 1);
    for (int n = 0; n < 5000; ++n) ASSERT_EQ(clock.cycles(Duration(n / static_cast<double>(hertz))), n) << hertz;
  }
}

TEST(Clock, FromFrequency) {
  EXPECT_EQ(Clock::from(Frequency(1.2e9)).edge(6), fs(5'000'000));
  EXPECT_EQ(Clock::from(Frequency(0.5)).edge(1), fs(2'000'000'000'000'000));
  EXPECT_EQ(Clock::from(Frequency(1.2e9)).frequency().si(), 1.2e9);
  EXPECT_DOUBLE_EQ(Clock::from(Frequency(1.2e9)).period().si(), 1 / 1.2e9);
  EXPECT_EQ(Clock::from(Frequency(1e15)).edge(7), fs(7));
}

TEST(Clock, ImpossibleClocks) {
  EXPECT_THAT(user_error([] { Clock(0, 1); }), ::testing::HasSubstr("a clock of 0/1 Hz cannot tick"));
  EXPECT_THROW(Clock(1, 0), UserError);
  EXPECT_THROW(Clock(-1, -1), UserError);
  EXPECT_THAT(user_error([] { Clock(2'000'000'000'000'001, 2); }), ::testing::HasSubstr("faster than once a femtosecond"));
  EXPECT_NO_THROW(Clock(2'000'000'000'000'000, 2));
  for (const double hertz : {0.0, -1.0, 1e16, 1e-9, static_cast<double>(NAN)}) EXPECT_THROW(Clock::from(Frequency(hertz)), UserError) << hertz;
}

TEST(Clock, OverflowIsAnError) {
  EXPECT_EQ(Clock(1'000'000'000'000'000, 1).edge(largest), fs(largest));
  EXPECT_THROW((void)Clock(1'000'000'000, 1).edge(largest), std::overflow_error);
  EXPECT_THROW((void)Clock(1, largest).edge(largest), std::overflow_error);
  EXPECT_EQ(Clock(1, largest).edge(0), fs(0));
  EXPECT_EQ(Clock(1, largest).edge_index(fs(largest)), 0);
}

}  // namespace
}  // namespace mho::base
