#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/random.h"
#include "tests/hw/noc/noc_fixture.h"

namespace mho::hw {
namespace {

NocParameters with_multicast(int stages = 4, int channels = 2, int flits = 8) {
  NocParameters parameters;
  parameters.multicast = true;
  parameters.router_stages = stages;
  parameters.virtual_channels = channels;
  parameters.buffer_flits = flits;
  return parameters;
}

Packet to_all(int from, const std::vector<int>& nodes, int flits) {
  Packet packet{.from = from, .to = nodes.front(), .flits = flits};
  for (const int node : nodes) packet.receivers.push_back({.node = node, .edge = 100 + node, .payload = 200 + node});
  return packet;
}

/// From node 5 of a 4 x 4 mesh to 3, 7, 15 (one column), 13 (its own column) and itself: along the row 5 6 7, up to 3, down 11 15; down 9 13. Routers
/// 5, 6, 7, 3, 11, 15, 9, 13; flits cross the switch of each once for every way on: 5 to 6, 9 and its node (3), 6 (1), 7 to 3, 11 and its node (3),
/// 3, 11, 15, 9 and 13 (1 each).
TEST(Multicast, CrossesEveryLinkOfItsTreeOnce) {
  for (const int stages : {3, 4, 5}) {
    constexpr int flits = 6;
    NetworkBench bench(4, 4, with_multicast(stages));
    EXPECT_EQ(bench.run([&](std::int64_t) {
      bench.send(to_all(5, {3, 7, 15, 13, 5}, flits));
      return false;
    }),
              "");
    std::map<int, std::int64_t> latency;
    for (const auto& [packet, cycle] : bench.arrivals) {
      latency[packet.to] = cycle - packet.created;
      EXPECT_EQ(packet.edge, 100 + packet.to);
      EXPECT_EQ(packet.payload, 200 + packet.to);
      EXPECT_TRUE(packet.receivers.empty());
    }
    ASSERT_EQ(latency.size(), 5U);
    EXPECT_EQ(bench.network->flit_hops(), (3 + 1 + 3 + 5) * flits);
    const std::map<int, std::uint64_t> out{{5, 3}, {6, 1}, {7, 3}, {3, 1}, {11, 1}, {15, 1}, {9, 1}, {13, 1}};
    for (int router = 0; router < 16; ++router) {
      const auto copies = out.find(router);
      EXPECT_EQ(bench.network->activity(router).buffer_reads, copies == out.end() ? 0 : copies->second * flits) << router;
    }
    EXPECT_EQ(bench.network->flits_injected(), flits);
    EXPECT_EQ(bench.network->flits_copied(), 4 * flits);
    EXPECT_EQ(bench.network->flits_ejected(), 5 * flits);
    EXPECT_TRUE(bench.network->drained());
    // An input sends one flit a cycle, so where three ways part the last flit leaves at the latest 3 flits - 1 cycles after the first; no copy is
    // faster than a packet of its own.
    for (const auto& [node, cycles] : latency) {
      const int routers = bench.topology.hops(5, node);
      const int alone = stages * routers + 2 + flits - 1;
      EXPECT_GE(cycles, alone) << node;
      EXPECT_LE(cycles, alone + 2 * 2 * flits + routers) << node;  // two partings of three; with 3 stages multicast does not speculate
    }
  }
}

TEST(Multicast, ToOneReceiverIsAPacket) {
  for (const int to : {0, 3, 12, 15, 6}) {
    NetworkBench bench(4, 4, with_multicast());
    EXPECT_EQ(bench.run([&](std::int64_t) {
      bench.send(to_all(0, {to}, 5));
      return false;
    }),
              "");
    ASSERT_EQ(bench.arrivals.size(), 1U);
    EXPECT_EQ(bench.arrivals[0].latency(), 4 * bench.topology.hops(0, to) + 2 + 4);
    EXPECT_EQ(bench.network->flit_hops(), static_cast<std::uint64_t>(5 * bench.topology.hops(0, to)));
    EXPECT_EQ(bench.network->flits_copied(), 0U);
  }
}

/// Virtual cut-through, by hand: two packets of 8 flits over 3 routers with one channel of 8. The first leaves its interface in 1 to 8, router 0 in 3
/// to 10 and router 1 in 7 to 14. The interface has all credits of router 0 back in 13 and sends the second, whose head arrives in 14; router 0 has
/// all credits of router 1 back in 17, so its head is given a channel then, leaves in 18, router 1 in 22 and router 2 in 26, and is ejected in 29;
/// its tail in 36. A worm would go on in 14 already.
TEST(Multicast, MovesOnlyWhereThereIsRoomForAllOfIt) {
  NetworkBench bench(3, 1, with_multicast(4, 1, 8));
  EXPECT_EQ(bench.run([&](std::int64_t) {
    for (int i = 0; i < 2; ++i) bench.send(to_all(0, {2}, 8));
    return false;
  }),
            "");
  ASSERT_EQ(bench.arrivals.size(), 2U);
  EXPECT_EQ(bench.arrivals[0].latency(), 4 * 3 + 2 + 7);
  EXPECT_EQ(bench.arrivals[1].latency(), 36);
}

TEST(Multicast, TwoReceiversAtOneNodeGetOneCopyEach) {
  NetworkBench bench(2, 2, with_multicast());
  EXPECT_EQ(bench.run([&](std::int64_t) {
    Packet packet = to_all(0, {3, 3}, 2);
    packet.receivers[1].edge = 7;
    bench.send(packet);
    return false;
  }),
            "");
  ASSERT_EQ(bench.arrivals.size(), 2U);
  EXPECT_EQ(bench.arrivals[0].packet.edge, 103);
  EXPECT_EQ(bench.arrivals[1].packet.edge, 7);
  EXPECT_EQ(bench.network->flits_ejected(), 2U);
}

TEST(Multicast, WhatDoesNotFitABufferIsRefused) {
  NetworkBench bench(2, 2, with_multicast(4, 2, 4));
  EXPECT_THROW(bench.send(to_all(0, {1, 2}, 5)), std::logic_error);
  NocParameters without = with_multicast();
  without.multicast = false;
  NetworkBench plain(2, 2, without);
  EXPECT_THROW(plain.send(to_all(0, {1, 2}, 2)), std::logic_error);
}

/// Random trees and packets to one receiver of all classes at a load far beyond what is taken: everything arrives once, every flit and credit is
/// counted in every cycle, and the network drains.
void flood(int width, int height, const NocParameters& parameters, std::uint64_t seed) {
  NetworkBench bench(width, height, parameters, {.bypass_self = false});
  const auto nodes = static_cast<std::uint32_t>(width * height);
  const base::RandomStream random({.seed = seed, .purpose = base::Purpose::traffic});
  std::map<int, std::multiset<int>> expected;  // receivers by packet
  int sent = 0;
  std::uint64_t most_hops = 0;
  EXPECT_EQ(bench.run([&](std::int64_t now) {
    for (std::uint32_t node = 0; node < nodes; ++node) {
      const base::EventId event{static_cast<std::uint32_t>(now), node};
      const auto bits = random.bits(event, 0);
      if (bits % 8 != 0) continue;
      Packet packet{.from = static_cast<int>(node), .flits = 1 + static_cast<int>((bits >> 4) % static_cast<unsigned>(parameters.buffer_flits))};
      packet.value = sent++;
      std::multiset<int>& receivers = expected[static_cast<int>(packet.value)];
      if ((bits >> 12) % 2 == 0) {
        const int count = 1 + static_cast<int>((bits >> 16) % 6);
        for (int i = 0; i < count; ++i)
          packet.receivers.push_back({.node = static_cast<int>(random.bits(event, static_cast<std::uint64_t>(10 + i)) % nodes)});
        packet.to = packet.receivers.front().node;
        for (const Receiver& receiver : packet.receivers) receivers.insert(receiver.node);
      } else {
        packet.to = static_cast<int>(random.bits(event, 1) % nodes);
        packet.message_class = static_cast<MessageClass>((bits >> 20) % 3);
        receivers.insert(packet.to);
      }
      for (const int to : receivers) most_hops += static_cast<std::uint64_t>(packet.flits * bench.topology.hops(packet.from, to));
      bench.send(packet);
    }
    return now < 500;
  }),
            "");
  for (const auto& [packet, cycle] : bench.arrivals) {
    std::multiset<int>& receivers = expected[static_cast<int>(packet.value)];
    const auto found = receivers.find(packet.to);
    ASSERT_NE(found, receivers.end()) << "packet " << packet.value << " at node " << packet.to;
    receivers.erase(found);
  }
  for (const auto& [packet, receivers] : expected) EXPECT_TRUE(receivers.empty()) << "packet " << packet;
  EXPECT_TRUE(bench.network->drained());
  EXPECT_LT(bench.network->flit_hops(), most_hops);
  EXPECT_EQ(bench.network->flits_injected() + bench.network->flits_copied(), bench.network->flits_ejected());
}

TEST(Multicast, FloodedItKeepsEverythingAndDrains) {
  for (const int stages : {3, 4, 5}) {
    flood(4, 4, with_multicast(stages), 20);
    flood(6, 3, with_multicast(stages, 1, 4), 21);
    flood(3, 3, with_multicast(stages, 3, 1), 22);
  }
  NocParameters shared = with_multicast(4, 1, 5);
  shared.concentration = 4;
  flood(6, 4, shared, 23);
  shared.concentration = 2;
  shared.virtual_channels = 5;  // more than 16 channels a port
  flood(4, 5, shared, 24);
}

}  // namespace
}  // namespace mho::hw
