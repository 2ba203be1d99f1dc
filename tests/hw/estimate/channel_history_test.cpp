// Packets of a virtual channel, against a sorted list.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "hw/estimate/timed_network.h"

namespace mho::hw::test {
namespace {

TEST(ChannelHistory, KnowsTheLastPacketBeforeACycle) {
  constexpr std::size_t remembered = 16;
  std::mt19937_64 random(11);
  const auto draw = [&](std::int64_t low, std::int64_t high) { return std::uniform_int_distribution<std::int64_t>(low, high)(random); };
  ChannelHistory history;
  std::vector<ChannelHistory::Packet> packets;  // by head, those that came later behind those that came earlier
  EXPECT_LT(history.before(1'000'000).sent, 0) << "an empty channel is free";
  for (std::int64_t now = 0; now < 20'000; now += draw(0, 12)) {
    const std::int64_t head = std::max<std::int64_t>(0, now - draw(0, 60));
    const ChannelHistory::Packet packet{head, head + draw(1, 20), head + draw(20, 40)};
    history.add(packet.head, packet.sent, packet.gone);
    if (packets.size() == remembered) packets.erase(packets.begin());
    packets.insert(std::ranges::upper_bound(packets, head, {}, &ChannelHistory::Packet::head), packet);
    const std::int64_t cycle = now - draw(0, 80);
    const auto after = std::ranges::upper_bound(packets, cycle, {}, &ChannelHistory::Packet::head);
    const ChannelHistory::Packet& found = history.before(cycle);
    if (after == packets.begin()) {
      ASSERT_LT(found.sent, 0);
    } else {
      ASSERT_EQ(found.head, std::prev(after)->head);
      ASSERT_EQ(found.sent, std::prev(after)->sent);
      ASSERT_EQ(found.gone, std::prev(after)->gone);
    }
  }
}

}  // namespace
}  // namespace mho::hw::test
