#include "hw/chip/packet_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hw/chip/payload_store.h"

namespace mho::hw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = PacketFault::Kind;

Packet packet_of(int edge, std::int64_t position) {
  Packet packet;
  packet.to = 5;
  packet.edge = edge;
  packet.value = position;
  return packet;
}

TEST(PacketFaults, ChangeTheirPacketAlone) {
  const PacketFaults faults({{.kind = Kind::drop, .edge = 1, .packet = 3},
                             {.kind = Kind::misroute, .edge = 2, .packet = 3, .target = 8},
                             {.kind = Kind::corrupt, .edge = 3, .packet = 3}});
  for (const int edge : {0, 1, 2, 3}) {
    for (const std::int64_t position : {2, 3, 4}) {
      Packet packet = packet_of(edge, position);
      Values values{1, 2};
      const bool hit = position == 3;
      EXPECT_EQ(faults.apply(packet, values), !(hit && edge == 1));
      EXPECT_EQ(packet.to, hit && edge == 2 ? 8 : 5);
      EXPECT_THAT(values, ElementsAre(hit && edge == 3 ? 2 : 1, 2));
      EXPECT_EQ(packet.value, position);
    }
  }
}

TEST(PacketFaults, SwapPacketsThatFollowEachOther) {
  const PacketFaults faults({{.kind = Kind::swap, .edge = 0, .packet = 3}});
  std::vector<std::int64_t> order;
  for (std::int64_t position = 2; position < 6; ++position) {
    Packet packet = packet_of(0, position);
    Values none;
    EXPECT_TRUE(faults.apply(packet, none));
    order.push_back(packet.value);
  }
  EXPECT_THAT(order, ElementsAre(2, 4, 3, 5));
}

TEST(PacketFaults, RedirectWhenThePacketArrives) {
  const PacketFaults faults({{.kind = Kind::redirect, .edge = 0, .packet = 3, .target = 7}});
  Packet packet = packet_of(0, 3);
  Values none;
  EXPECT_TRUE(faults.apply(packet, none));
  EXPECT_EQ(packet.edge, 0);
  EXPECT_EQ(faults.arrival_edge(packet), 7);
  EXPECT_EQ(faults.arrival_edge(packet_of(0, 4)), 0);
}

TEST(PayloadStore, ReturnsWhatWasKeptAndUsesHandlesAgain) {
  PayloadStore store;
  const int first = store.keep({1});
  const int second = store.keep({2, 3});
  EXPECT_THAT(store.take(first), ElementsAre(1));
  EXPECT_EQ(store.keep({4}), first);
  EXPECT_THAT(store.take(second), ElementsAre(2, 3));
  EXPECT_THAT(store.take(first), ElementsAre(4));
  EXPECT_THAT(store.take(-1), IsEmpty());
}

}  // namespace
}  // namespace mho::hw
