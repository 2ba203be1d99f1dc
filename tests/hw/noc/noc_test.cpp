#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "base/random.h"
#include "hw/noc/traffic.h"
#include "tests/hw/noc/noc_fixture.h"

namespace mho::hw {
namespace {

NocParameters noc(int stages, int channels = 2, int flits = 8) {
  NocParameters parameters;
  parameters.router_stages = stages;
  parameters.virtual_channels = channels;
  parameters.buffer_flits = flits;
  return parameters;
}

/// Single packets over every pair of nodes, those to oneself through the router's local port included, against the closed form of Noc; and every
/// count of events exactly.
void every_distance(int width, int height, const NocParameters& parameters, const std::function<int(int, int)>& routers_between) {
  const int stages = parameters.router_stages;
  NetworkBench bench(width, height, parameters, {.bypass_self = false});
  std::vector<Packet> packets;
  for (int from = 0; from < width * height; ++from) {
    for (int to = 0; to < width * height; ++to) {
      for (int flits : {1, 2, 4, 8, 9, 33})
        packets.push_back({.from = from, .to = to, .message_class = static_cast<MessageClass>((from + to) % 3), .flits = flits});
    }
  }
  EXPECT_EQ(bench.run(packets), "");
  ASSERT_EQ(bench.arrivals.size(), packets.size());
  std::uint64_t hops = 0;
  for (const auto& [packet, cycle] : bench.arrivals) {
    const int routers = routers_between(packet.from, packet.to);
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

int grid_distance(int from, int to, int width) { return std::abs(from % width - to % width) + std::abs(from / width - to / width); }

TEST(Noc, SinglePacketsTakeTheClosedForm) {
  for (int stages : {3, 4, 5}) {
    every_distance(5, 3, noc(stages), [](int from, int to) { return grid_distance(from, to, 5) + 1; });
    every_distance(1, 4, noc(stages), [](int from, int to) { return grid_distance(from, to, 1) + 1; });
  }
}

NocParameters variant(NocTopology topology, NocRouting routing, int concentration = 1, int channels = 2) {
  NocParameters parameters = noc(4, channels);
  parameters.topology = topology;
  parameters.routing = routing;
  parameters.concentration = concentration;
  return parameters;
}

TEST(Noc, EveryRoutingTakesAShortestWay) {
  for (const NocRouting routing : {NocRouting::yx, NocRouting::west_first}) {
    every_distance(4, 5, variant(NocTopology::mesh, routing), [](int from, int to) { return grid_distance(from, to, 4) + 1; });
  }
}

TEST(Noc, ATorusGoesTheShorterWayAround) {
  const auto ring = [](int a, int b, int length) { return std::min(std::abs(a - b), length - std::abs(a - b)); };
  for (const NocRouting routing : {NocRouting::xy, NocRouting::yx}) {
    every_distance(5, 4, variant(NocTopology::torus, routing),
                   [&](int from, int to) { return ring(from % 5, to % 5, 5) + ring(from / 5, to / 5, 4) + 1; });
    every_distance(2, 1, variant(NocTopology::torus, routing), [](int from, int to) { return from == to ? 1 : 2; });
  }
}

TEST(Noc, NodesThatShareARouterAreOneRouterApart) {
  every_distance(6, 4, variant(NocTopology::mesh, NocRouting::xy, 4),
                 [](int from, int to) { return std::abs(from % 6 / 2 - to % 6 / 2) + std::abs(from / 12 - to / 12) + 1; });
  every_distance(4, 3, variant(NocTopology::mesh, NocRouting::west_first, 2),
                 [](int from, int to) { return std::abs(from % 4 / 2 - to % 4 / 2) + std::abs(from / 4 - to / 4) + 1; });
  every_distance(4, 4, variant(NocTopology::torus, NocRouting::xy, 4),
                 [](int from, int to) { return (from % 4 / 2 != to % 4 / 2 ? 1 : 0) + (from / 8 != to / 8 ? 1 : 0) + 1; });
}

/// The way of a packet, by the links that were used.
std::vector<int> links_used(NocRouting routing, int from, int to) {
  NetworkBench bench(4, 4, variant(NocTopology::mesh, routing));
  EXPECT_EQ(bench.run([&](std::int64_t) {
    bench.send({from, to});
    return false;
  }),
            "");
  std::vector<int> routers;
  for (int router = 0; router < 16; ++router) {
    if (bench.network->activity(router).buffer_reads > 0) routers.push_back(router);
  }
  return routers;
}

TEST(Noc, RoutingsTurnWhereTheyShould) {
  EXPECT_EQ(links_used(NocRouting::xy, 0, 10), (std::vector{0, 1, 2, 6, 10}));
  EXPECT_EQ(links_used(NocRouting::yx, 0, 10), (std::vector{0, 4, 8, 9, 10}));
  EXPECT_EQ(links_used(NocRouting::west_first, 3, 13), (std::vector{1, 2, 3, 5, 9, 13}));  // west before south
}

/// Adaptive routing avoids a busy link: three streams that all cross it along the row find other ways down.
TEST(Noc, WestFirstGoesAroundWhatIsBusy) {
  const auto last_arrival = [](NocRouting routing) {
    NetworkBench bench(4, 4, variant(NocTopology::mesh, routing));
    EXPECT_EQ(bench.run([&](std::int64_t now) {
      if (now % 16 == 0) {
        for (int from : {0, 1, 2}) bench.send({from, 4 * from + 7, MessageClass::activation, 16});
      }
      return now < 800;
    }),
              "");
    return bench.arrivals.back().cycle;
  };
  EXPECT_LT(static_cast<double>(last_arrival(NocRouting::west_first)), 0.6 * static_cast<double>(last_arrival(NocRouting::xy)));
}

TEST(Noc, NothingHappensWhileNothingMoves) {
  NetworkBench bench(8, 8, noc(4));
  EXPECT_EQ(bench.run([&](std::int64_t now) {
    if (now == 5000) bench.send({0, 63});
    return now < 5000;
  }),
            "");
  EXPECT_LT(bench.steps, 15 * 4 + 10);
}

TEST(Noc, ToTheSameNodeItTakesOneCycleOrTheLocalPort) {
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
  const base::RandomStream random({.seed = seed, .purpose = base::Purpose::traffic});
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

TEST(Noc, FloodedItKeepsEveryFlitAndEveryCreditInEveryCycle) {
  for (int stages : {3, 4, 5}) {
    flood(4, 4, noc(stages), 7);
    flood(5, 2, noc(stages, 1, 1), 8);
    flood(3, 3, noc(stages, 6, 3), 9);
  }
}

/// With one flit of buffer and long packets every channel waits for another one; a circle of waits would never drain.
TEST(Noc, NoVariantStandsStill) {
  for (const NocRouting routing : {NocRouting::xy, NocRouting::yx, NocRouting::west_first}) {
    for (const int concentration : {1, 2, 4}) {
      NocParameters parameters = variant(NocTopology::mesh, routing, concentration, 1);
      parameters.buffer_flits = 1;
      flood(4, 4, parameters, 10);
      if (routing == NocRouting::west_first) continue;
      parameters = variant(NocTopology::torus, routing, concentration, 2);
      parameters.buffer_flits = 1;
      flood(8, 2, parameters, 11);
      parameters.virtual_channels = 3;
      flood(6, 6, parameters, 12);
    }
  }
}

/// Uniform traffic crosses the middle of a mesh of 8 x 8 over 8 links each way, that of a torus over 16.
TEST(Traffic, ATorusTakesMoreThanAMesh) {
  const auto at = [](NocTopology topology) {
    const NocParameters parameters = variant(topology, NocRouting::xy, 1, 4);
    return measure(Topology(8, 8, parameters), parameters, {.rate = 0.46}, {}, 1);
  };
  EXPECT_TRUE(at(NocTopology::torus).stable);
  EXPECT_LT(at(NocTopology::torus).packet_latency, 60);
  EXPECT_FALSE(at(NocTopology::mesh).stable);
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
    const Measurement measurement{.sample = 20000, .converged = 1, .most_samples = 1};
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
