#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "hw/traffic.h"
#include "tests/hw/network_fixture.h"

namespace mho::hw {
namespace {

NocParameters noc(int stages, int channels = 2, int flits = 8) {
  NocParameters parameters;
  parameters.router_stages = stages;
  parameters.virtual_channels = channels;
  parameters.buffer_flits = flits;
  return parameters;
}

/// Single packets over every pair of nodes, those to oneself through the router's local port included, against the closed form of Network; and every
/// count of events exactly.
void every_distance(int width, int height, int stages) {
  NetworkBench bench(width, height, noc(stages), {.bypass_self = false});
  std::vector<Packet> packets;
  for (int from = 0; from < width * height; ++from) {
    for (int to = 0; to < width * height; ++to) {
      for (int flits : {1, 2, 4, 8, 9, 33}) packets.push_back({from, to, static_cast<MessageClass>((from + to) % 3), flits, 0, 0, 0, -1, 0});
    }
  }
  constexpr std::int64_t spacing = 200;
  const auto last = static_cast<std::int64_t>(packets.size() - 1) * spacing;
  EXPECT_EQ(bench.run([&](std::int64_t now) {
    if (now % spacing == 0) bench.send(packets[static_cast<std::size_t>(now / spacing)]);
    return now < last;
  }),
            "");
  ASSERT_EQ(bench.arrivals.size(), packets.size());
  std::uint64_t hops = 0;
  for (const auto& [packet, cycle] : bench.arrivals) {
    const int routers = std::abs(packet.from % width - packet.to % width) + std::abs(packet.from / width - packet.to / width) + 1;
    EXPECT_EQ(cycle - packet.created, stages * routers + 2 + packet.flits - 1)
        << packet.from << " -> " << packet.to << ", " << packet.flits << " flits";
    EXPECT_EQ(packet.injected, packet.created + 1);
    EXPECT_EQ(bench.topology.hops(packet.from, packet.to), routers);
    hops += static_cast<std::uint64_t>(routers * packet.flits);
  }
  EXPECT_TRUE(bench.network->drained());
  EXPECT_EQ(bench.network->flit_hops(), hops);
  EXPECT_EQ(bench.network->packets(), packets.size());
  const RouterActivity all = bench.activity();
  EXPECT_EQ(all.buffer_writes, hops);
  EXPECT_EQ(all.buffer_reads, hops);
  EXPECT_EQ(all.crossbar_traversals, hops);
  EXPECT_EQ(all.arbitrations, hops);
  EXPECT_EQ(all.link_flits, hops - bench.network->flits_injected());
}

TEST(Network, SinglePacketsTakeTheClosedForm) {
  for (int stages : {3, 4, 5}) {
    every_distance(5, 3, stages);
    every_distance(1, 4, stages);
  }
}

TEST(Network, NothingHappensWhileNothingMoves) {
  NetworkBench bench(8, 8, noc(4));
  EXPECT_EQ(bench.run([&](std::int64_t now) {
    if (now == 5000) bench.send({0, 63});
    return now < 5000;
  }),
            "");
  EXPECT_LT(bench.steps, 15 * 4 + 10);
}

TEST(Network, ToTheSameNodeItTakesOneCycleOrTheLocalPort) {
  for (const bool bypass : {true, false}) {
    NetworkBench bench(2, 2, noc(4), {.bypass_self = bypass});
    EXPECT_EQ(bench.run([&](std::int64_t) {
      bench.send({3, 3, MessageClass::activation, 5});
      return false;
    }),
              "");
    ASSERT_EQ(bench.arrivals.size(), 1U);
    EXPECT_EQ(bench.arrivals[0].latency(), bypass ? 1 : 4 + 2 + 4);
    EXPECT_EQ(bench.network->flit_hops(), bypass ? 0U : 5U);
  }
}

/// Floods the network with packets of random length, class and receiver; every cycle is audited.
void flood(int width, int height, const NocParameters& parameters, std::uint64_t seed) {
  NetworkBench bench(width, height, parameters, {.bypass_self = false});
  const auto nodes = static_cast<std::uint32_t>(width * height);
  const base::Stream random({.seed = seed, .purpose = base::Purpose::traffic});
  std::uint64_t sent = 0;
  std::uint64_t flits = 0;
  std::uint64_t hops = 0;
  EXPECT_EQ(bench.run([&](std::int64_t now) {
    for (std::uint32_t node = 0; node < nodes; ++node) {
      const base::EventId event{static_cast<std::uint32_t>(now), node};
      const auto bits = random.bits(event, 0);
      if (bits % 8 != 0) continue;
      const auto to = static_cast<int>(random.bits(event, 1) % nodes);
      const int length = 1 + static_cast<int>((bits >> 16) % 12);
      bench.send({static_cast<int>(node), to, static_cast<MessageClass>((bits >> 20) % 3), length});
      ++sent;
      flits += static_cast<std::uint64_t>(length);
      hops += static_cast<std::uint64_t>(length * bench.topology.hops(static_cast<int>(node), to));
    }
    return now < 600;
  }),
            "");
  EXPECT_EQ(bench.arrivals.size(), sent);
  EXPECT_EQ(bench.network->flits_injected(), flits);
  EXPECT_EQ(bench.network->flits_ejected(), flits);
  EXPECT_EQ(bench.network->flit_hops(), hops);
  EXPECT_EQ(bench.activity().buffer_writes, hops);
  EXPECT_TRUE(bench.network->drained());
}

TEST(Network, FloodedItKeepsEveryFlitAndEveryCreditInEveryCycle) {
  for (int stages : {3, 4, 5}) {
    flood(4, 4, noc(stages), 7);
    flood(5, 2, noc(stages, 1, 1), 8);
    flood(3, 3, noc(stages, 6, 3), 9);
  }
}

TEST(Traffic, IsAFunctionOfItsArguments) {
  const NocParameters parameters = noc(4);
  const Topology topology(4, 4, parameters);
  const TrafficLoad load{.traffic = Traffic::hotspot, .rate = 0.3};
  const auto one = measure(topology, parameters, load, {}, 1);
  const auto again = measure(topology, parameters, load, {}, 1);
  const auto other = measure(topology, parameters, load, {}, 2);
  EXPECT_EQ(one.packet_latency, again.packet_latency);
  EXPECT_EQ(one.accepted, again.accepted);
  EXPECT_EQ(one.flit_hops, again.flit_hops);
  EXPECT_EQ(one.cycles, again.cycles);
  EXPECT_NE(one.packet_latency, other.packet_latency);
}

/// The gaps between packets are geometric: mean and variance of the packets a node creates are those of independent trials.
TEST(Traffic, OffersWhatItIsAskedFor) {
  const NocParameters parameters = noc(4);
  const Topology topology(8, 8, parameters);
  for (const double rate : {0.001, 0.02, 0.25}) {
    const Measurement measurement{.sample = 20000, .settled = 1, .most_samples = 1};
    const auto result = measure(topology, parameters, {.rate = rate, .packet_flits = 1}, measurement, 3);
    const double trials = 64.0 * 20000;
    EXPECT_NEAR(result.accepted, rate, 4 * std::sqrt(rate / trials)) << rate;
    EXPECT_NEAR(static_cast<double>(result.packets), rate * trials, 4 * std::sqrt(rate * trials)) << rate;
    EXPECT_TRUE(result.stable);
  }
}

TEST(Traffic, ABottleneckIsNotStable) {
  const NocParameters parameters = noc(4);
  const Topology topology(8, 8, parameters);
  const auto result = measure(topology, parameters, {.traffic = Traffic::hotspot, .rate = 0.5, .hotspot_share = 0.5}, {}, 1);
  EXPECT_FALSE(result.stable);
  // The node in the middle takes one flit a cycle, and packets for it block the others, which are as many.
  EXPECT_LE(result.accepted_most, 1 + 4.0 / 1000);
  EXPECT_GT(result.accepted_most, 0.98);
  EXPECT_NEAR(result.accepted, 2.0 / 64, 0.1 * 2 / 64);
}

}  // namespace
}  // namespace mho::hw
