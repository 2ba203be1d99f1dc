// The times of an edge against the channel that counts on the chip.
#include "hw/estimate/timed_edge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "hw/cores/channel.h"

namespace mho::hw::test {
namespace {

/// An edge whose consumer needs and releases positions as it happens to.
Edge random_edge(std::mt19937_64& random, int producer_positions, int consumer_positions) {
  const auto draw = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  Edge edge;
  std::vector<std::int32_t> carried;
  for (int p = 0; p < producer_positions; ++p) {
    if (draw(0, 3) > 0) carried.push_back(p);
  }
  if (carried.empty()) carried.push_back(draw(0, producer_positions - 1));
  const auto positions = static_cast<int>(carried.size());
  edge.carried = std::make_shared<const std::vector<std::int32_t>>(std::move(carried));
  std::vector<std::int32_t> needs, releases;
  for (int k = 0; k < consumer_positions; ++k) needs.push_back(draw(1, positions));
  std::ranges::sort(needs);
  int before = 0, widest = 0;
  for (int k = 0; k < consumer_positions; ++k) {
    releases.push_back(draw(before, needs[static_cast<std::size_t>(k)]));
    widest = std::max(widest, needs[static_cast<std::size_t>(k)] - before);
    before = releases.back();
  }
  releases.back() = positions;
  edge.needs = std::make_shared<const std::vector<std::int32_t>>(std::move(needs));
  edge.releases = std::make_shared<const std::vector<std::int32_t>>(std::move(releases));
  // What no position of the consumer needs comes with the next inference's first.
  edge.capacity = std::max(widest, positions) + draw(0, 20);
  return edge;
}

/// Positions and credits of three inferences, each event a femtosecond after the last one.
TEST(TimedEdge, SendsAndGrantsWhatAChannelDoes) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 300; ++round) {
    const int producer_positions = 1 + static_cast<int>(random() % 30), consumer_positions = 1 + static_cast<int>(random() % 30);
    const Edge edge = random_edge(random, producer_positions, consumer_positions);
    TimedEdge timed(edge, producer_positions, consumer_positions);
    Channel channel(0, edge, producer_positions, consumer_positions);
    std::int64_t now = 0, granted_at = 0;
    std::vector<std::int64_t> arrived;
    for (std::int64_t k = 0; k < 3 * consumer_positions; ++k) {
      ASSERT_EQ(timed.need(), channel.need(k));
      while (timed.has_credit() && timed.sent() < timed.need()) {
        ASSERT_TRUE(channel.can_send(channel.of_producer(channel.sent()) + 1));
        ASSERT_EQ(timed.next(), channel.of_producer(channel.sent()));
        ASSERT_LE(timed.credit_time(), granted_at);
        const std::int64_t position = channel.begin_send();
        channel.end_send();
        ASSERT_TRUE(channel.arrive(position));
        timed.send(now, now + 1);
        ASSERT_EQ(timed.free(), now);
        arrived.push_back(++now);
      }
      ASSERT_EQ(timed.has_credit(), channel.sent() < channel.granted());
      ASSERT_GE(timed.sent(), timed.need()) << "credits do not suffice";
      if (timed.needs_more()) {
        ASSERT_EQ(timed.arrival(), arrived[static_cast<std::size_t>(timed.need() - 1)]);
      }
      timed.start();
      channel.release(k);
      const std::int64_t credits = timed.release();
      ASSERT_EQ(credits, channel.take_credits(k + 1));
      if (credits == 0) continue;
      channel.grant(credits);
      timed.grant(credits, granted_at = ++now);
    }
  }
}

/// Credits that overtook others on their way are of use in their order.
TEST(TimedEdge, GrantsComeInTheirOrder) {
  const auto one = std::make_shared<const std::vector<std::int32_t>>(std::vector<std::int32_t>{1});
  Edge of_one;
  of_one.capacity = 2;
  of_one.needs = of_one.releases = one;
  TimedEdge edge(of_one, 1, 1);
  edge.send(5, 9);
  edge.send(6, 8);
  EXPECT_FALSE(edge.has_credit());
  edge.start();
  EXPECT_EQ(edge.arrival(), 9) << "positions count as arrived without gaps";
  edge.grant(1, 20);
  edge.grant(1, 15);
  EXPECT_EQ(edge.credit_time(), 20);
  edge.send(20, 24);
  EXPECT_EQ(edge.credit_time(), 20);
}

}  // namespace
}  // namespace mho::hw::test
