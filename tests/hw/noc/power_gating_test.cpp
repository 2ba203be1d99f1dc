// Routers that are gated while they are idle. By hand: a packet created in cycle t asks for the router of its sender in t + 1 and for every following
// one in the cycle in which its head bids for a channel of it; each gated one costs its wake-up.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/random.h"
#include "hw/noc/traffic.h"
#include "tests/hw/noc/noc_fixture.h"

namespace mho::hw {
namespace {

NocParameters gated(std::int64_t wake_up, std::int64_t idle = 4, int stages = 4) {
  NocParameters parameters;
  parameters.router_stages = stages;
  parameters.gating = {.on = true, .idle = idle, .wake_up = wake_up, .break_even = 10, .residual = 0.05};
  return parameters;
}

TEST(PowerGate, IsGatedInTheBeginningAndOnAWakeUpLater) {
  PowerGate gate(gated(8).gating);
  EXPECT_EQ(gate.gated_cycles(100), 100);
  EXPECT_FALSE(gate.ask(100));
  EXPECT_EQ(gate.on_from(), 108);
  EXPECT_FALSE(gate.ask(107));
  EXPECT_TRUE(gate.ask(108));
  EXPECT_EQ(gate.wakes(), 1U);
  EXPECT_EQ(gate.gated_cycles(108), 100);
}

TEST(PowerGate, IsGatedAfterAsManyIdleCyclesAsItWasTold) {
  for (const std::int64_t idle : {1, 4, 30}) {
    for (const std::int64_t late : {0, 1}) {
      PowerGate gate(gated(8, idle).gating);
      EXPECT_FALSE(gate.ask(0));
      EXPECT_TRUE(gate.ask(8));
      gate.hold();
      EXPECT_TRUE(gate.ask(500));  // however long it has something to do
      gate.release(600);
      const std::int64_t now = 600 + idle - 1 + late;  // after one idle cycle too few, and just enough
      EXPECT_EQ(gate.ask(now), late == 0) << idle;
      EXPECT_EQ(gate.wakes(), late == 0 ? 1U : 2U);
      EXPECT_EQ(gate.gated_cycles(now), 0);
    }
  }
}

TEST(PowerGate, IsNotIdleWhileSomebodyAsks) {
  PowerGate gate(gated(8, 2).gating);
  EXPECT_FALSE(gate.ask(0));
  for (std::int64_t now = 8; now < 30; ++now) EXPECT_TRUE(gate.ask(now)) << "wants it, and has no credit yet";
  EXPECT_EQ(gate.gated_cycles(32), 0);  // idle 30 and 31
  EXPECT_EQ(gate.gated_cycles(33), 1);
}

TEST(PowerGate, CountsTheCyclesBetween) {
  PowerGate gate(gated(8, 4).gating);
  EXPECT_FALSE(gate.ask(20));  // gated 0 to 19
  EXPECT_TRUE(gate.ask(28));
  gate.hold();
  gate.hold();
  gate.release(40);
  gate.release(35);  // the last to have gone counts
  EXPECT_EQ(gate.gated_cycles(44), 20);
  EXPECT_EQ(gate.gated_cycles(50), 26);  // idle 40 to 43, gated from 44 on
  EXPECT_FALSE(gate.ask(60));
  EXPECT_EQ(gate.gated_cycles(65), 36);
  EXPECT_EQ(gate.gated_cycles(80), 36 + 8);  // awake in 68 and not used: idle to 71, gated again
}

/// Every distance and length, far apart: the closed form and a wake-up for each router.
TEST(PowerGating, EachGatedRouterOnTheWayCostsItsWakeUp) {
  for (const int stages : {3, 4, 5}) {
    for (const std::int64_t wake_up : {0, 1, 8}) {
      NetworkBench bench(4, 3, gated(wake_up, 1, stages), {.bypass_self = false});
      std::vector<Packet> packets;
      for (int from = 0; from < 12; ++from) {
        for (int to = 0; to < 12; ++to) {
          for (const int flits : {1, 4, 33}) packets.push_back({.from = from, .to = to, .flits = flits});
        }
      }
      EXPECT_EQ(bench.run(packets), "");
      ASSERT_EQ(bench.arrivals.size(), packets.size());
      std::uint64_t routers = 0;
      for (const auto& [packet, cycle] : bench.arrivals) {
        const int hops = bench.topology.hops(packet.from, packet.to);
        EXPECT_EQ(cycle - packet.created, stages * hops + 2 + packet.flits - 1 + hops * wake_up) << packet.from << " -> " << packet.to;
        routers += static_cast<std::uint64_t>(hops);
      }
      std::uint64_t wakes = 0;
      for (const GateActivity& gate : bench.network->gates(bench.now())) wakes += gate.wakes;
      EXPECT_EQ(wakes, routers) << "a long packet keeps its routers on";
      EXPECT_TRUE(bench.network->drained());
    }
  }
}

/// A packet over two routers, created in 0 with a wake-up of w: it asks for router 0 in 1, is injected in 1 + w, asks for router 1 in 2 + w, leaves
/// router 0 in 3 + 2 w, which is idle from 5 + 2 w on, and router 1 in 7 + 2 w, which is idle from 9 + 2 w on.
struct Second {
  std::int64_t latency;
  std::vector<GateActivity> gates;
};
Second second_packet(std::int64_t created, std::int64_t wake_up, std::int64_t idle, std::int64_t end) {
  NetworkBench bench(2, 1, gated(wake_up, idle));
  EXPECT_EQ(bench.run([&](std::int64_t now) {
    if (now == 0 || now == created) bench.send({.from = 0, .to = 1});
    return now < created;
  }),
            "");
  EXPECT_EQ(bench.arrivals.size(), 2U);
  EXPECT_EQ(bench.arrivals.front().latency(), 4 * 2 + 2 + 2 * wake_up);
  return {bench.arrivals.back().latency(), bench.network->gates(end)};
}

TEST(PowerGating, ARouterIdleForOneCycleTooFewIsStillOn) {
  for (const std::int64_t idle : {1, 4, 20}) {
    for (const std::int64_t w : {1, 2, 8}) {
      const std::int64_t just = 5 + 2 * w + idle - 1;  // the last cycle in which asking for router 0 finds it on
      const Second on = second_packet(just - 1, w, idle, 1000);
      EXPECT_EQ(on.latency, 4 * 2 + 2);
      EXPECT_EQ(on.gates[0].wakes, 1U);
      EXPECT_EQ(on.gates[1].wakes, 1U);
      // Router 0 wakes up once more; router 1 is asked for w + 1 cycles after the request for router 0, and gated 4 after it.
      const Second off = second_packet(just, w, idle, 1000);
      EXPECT_EQ(off.latency, 4 * 2 + 2 + (w + 1 >= 4 ? 2 * w : w)) << w;
      EXPECT_EQ(off.gates[0].wakes, 2U);
      EXPECT_EQ(off.gates[1].wakes, w + 1 >= 4 ? 2U : 1U);
    }
  }
}

TEST(PowerGating, CyclesOfBeingGatedByHand) {
  // Wake-up 8, 4 idle cycles: router 0 is gated in cycle 0, from 25 to 100 and from 129 on: asked for in 101, on in 109, asked router 1 in 110,
  // leaves in 119, idle from 121 on. Router 1 is gated 0 to 9, 29 to 109 and from 129 on: asked for in 10 and 110, left in 23 and 123.
  const std::vector<GateActivity> gates = second_packet(100, 8, 4, 200).gates;
  ASSERT_EQ(gates.size(), 2U);
  EXPECT_EQ(gates[0].gated_cycles, 1 + (101 - 25) + (200 - 125));
  EXPECT_EQ(gates[1].gated_cycles, 10 + (110 - 29) + (200 - 129));
  EXPECT_EQ(gates[0].unit, GateActivity::Unit::router);
  EXPECT_EQ(gates[1].number, 1);
}

/// Two packets that want the same gated router, asked for in 10: the second bids in 13 and waits three cycles less. Both arrive there in 22; the one
/// from the east goes first.
TEST(PowerGating, AWakeUpUnderWayIsWaitedForToItsEnd) {
  NetworkBench bench(3, 1, gated(8));
  EXPECT_EQ(bench.run([&](std::int64_t now) {
    if (now == 0) bench.send({.from = 0, .to = 1});
    if (now == 3) bench.send({.from = 2, .to = 1});
    return now < 3;
  }),
            "");
  ASSERT_EQ(bench.arrivals.size(), 2U);
  EXPECT_EQ(bench.arrivals[0].packet.from, 2);
  EXPECT_EQ(bench.arrivals[0].latency(), 4 * 2 + 2 + 8 + 5);
  EXPECT_EQ(bench.arrivals[1].latency(), 4 * 2 + 2 + 8 + 8 + 1);
  EXPECT_EQ(bench.network->gates(1000)[1].wakes, 1U);
}

TEST(PowerGating, IdleRoutersCostNothing) {
  NetworkBench bench(8, 8, gated(8));
  EXPECT_EQ(bench.run([&](std::int64_t now) {
    if (now == 5000) bench.send({.from = 0, .to = 63});
    return now < 5000;
  }),
            "");
  EXPECT_LT(bench.steps, 15 * (4 + 8) + 10);
  const auto gates = bench.network->gates(6000);
  EXPECT_EQ(gates[8].gated_cycles, 6000);  // not on the way along the row
}

/// Packets at random, far more than the network takes.
std::vector<std::pair<std::int64_t, std::int64_t>> flood(int width, int height, const NocParameters& parameters) {
  NetworkBench bench(width, height, parameters, {.bypass_self = false});
  const auto nodes = static_cast<std::uint32_t>(width * height);
  const base::RandomStream random({.seed = 5, .purpose = base::Purpose::traffic});
  std::int64_t sent = 0;
  EXPECT_EQ(bench.run([&](std::int64_t now) {
    for (std::uint32_t node = 0; node < nodes; ++node) {
      const base::EventId event{static_cast<std::uint32_t>(now), node};
      const auto bits = random.bits(event, 0);
      if (bits % (now < 300 ? 8 : 200) != 0) continue;  // first a flood, then so few that routers fall asleep in between
      Packet packet{.from = static_cast<int>(node), .flits = 1 + static_cast<int>((bits >> 16) % static_cast<unsigned>(parameters.buffer_flits))};
      packet.value = sent++;
      if (parameters.multicast && (bits >> 12) % 2 == 0) {
        for (int i = 0; i < 3; ++i)
          packet.receivers.push_back({.node = static_cast<int>(random.bits(event, static_cast<std::uint64_t>(10 + i)) % nodes)});
        packet.to = packet.receivers.front().node;
        sent += 2;
      } else {
        packet.to = static_cast<int>(random.bits(event, 1) % nodes);
        packet.message_class = static_cast<MessageClass>((bits >> 20) % 3);
      }
      bench.send(packet);
    }
    return now < 1500;
  }),
            "");
  EXPECT_TRUE(bench.network->drained());
  EXPECT_EQ(static_cast<std::int64_t>(bench.arrivals.size()), sent);
  std::vector<std::pair<std::int64_t, std::int64_t>> list;
  for (const auto& [packet, cycle] : bench.arrivals) list.emplace_back(packet.value, cycle);
  return list;
}

std::vector<std::pair<int, NocParameters>> variants(const GatingParameters& gating) {
  std::vector<std::pair<int, NocParameters>> list;  // side of the grid
  for (const int stages : {3, 4, 5}) {
    NocParameters mesh;
    mesh.gating = gating;
    mesh.router_stages = stages;
    list.emplace_back(4, mesh);
    NocParameters adaptive = mesh;
    adaptive.routing = NocRouting::west_first;
    adaptive.virtual_channels = 1;
    adaptive.buffer_flits = 1;
    list.emplace_back(5, adaptive);
    NocParameters torus = mesh;
    torus.topology = NocTopology::torus;
    torus.concentration = 2;
    list.emplace_back(6, torus);
    NocParameters trees = mesh;
    trees.multicast = true;
    trees.concentration = 4;
    list.emplace_back(6, trees);
  }
  return list;
}

/// Routers that wake up in no time behave as if they were always on, packet by packet.
TEST(PowerGating, WithoutAWakeUpNothingChanges) {
  const auto free_of_charge = variants(gated(0, 1).gating);
  const auto without = variants({});
  for (std::size_t i = 0; i < without.size(); ++i) {
    EXPECT_EQ(flood(free_of_charge[i].first, free_of_charge[i].first, free_of_charge[i].second),
              flood(without[i].first, without[i].first, without[i].second))
        << i;
  }
}

TEST(PowerGating, FloodedEverythingArrives) {
  for (const std::int64_t idle : {1, 9}) {
    GatingParameters gating = gated(11, idle).gating;
    for (const auto& [side, parameters] : variants(gating)) flood(side, side, parameters);
    gating.look_ahead = 2;
    for (const auto& [side, parameters] : variants(gating)) {
      if (parameters.routing != NocRouting::west_first) flood(side, side, parameters);
    }
  }
}

/// A copy of a multicast packet waits for its own routers.
TEST(PowerGating, EveryBranchOfATreeWaitsForItsOwnRouters) {
  NocParameters parameters = gated(8);
  parameters.multicast = true;
  NetworkBench bench(3, 3, parameters);
  EXPECT_EQ(bench.run([&](std::int64_t) {
    Packet packet{.from = 4, .to = 5, .flits = 1, .receivers = {{.node = 5}, {.node = 8}, {.node = 1}}};
    bench.send(packet);
    return false;
  }),
            "");
  ASSERT_EQ(bench.arrivals.size(), 3U);
  for (const auto& [packet, cycle] : bench.arrivals) {
    const int hops = bench.topology.hops(4, packet.to);
    const std::int64_t turns = packet.to == 1 ? 1 : 0;  // the centre sends one copy a cycle: east first, then north
    EXPECT_EQ(cycle, (4 + 8) * hops + 2 + turns) << packet.to;
  }
  std::uint64_t wakes = 0;
  for (const GateActivity& gate : bench.network->gates(500)) wakes += gate.wakes;
  EXPECT_EQ(wakes, 4U);
}

/// Cycle by cycle for one packet of one flit over `hops` gated routers: its interface wakes the first and `look_ahead` more in 1; where its head is
/// allocated a channel, after `compute` cycles of route computation, it wakes the next and as many more.
std::int64_t latency_by_hand(int hops, int stages, std::int64_t wake_up, int look_ahead) {
  std::vector<std::int64_t> on(static_cast<std::size_t>(hops), -1);
  const auto ask = [&](int first, std::int64_t now) {
    for (int i = first; i < hops && i <= first + look_ahead; ++i) {
      if (on[static_cast<std::size_t>(i)] < 0) on[static_cast<std::size_t>(i)] = now + wake_up;
    }
  };
  ask(0, 1);
  std::int64_t here = on[0] + 1;  // the head has arrived at its first router
  const std::int64_t compute = stages == 5 ? 1 : 0;
  for (int router = 0; router + 1 < hops; ++router) {
    ask(router + 1, here + compute);
    here = std::max(here + compute, on[static_cast<std::size_t>(router) + 1]) - compute + stages;
  }
  return here + stages;
}

TEST(PowerGating, LookingAheadHidesWakeUps) {
  for (const int stages : {3, 4, 5}) {
    for (const std::int64_t wake_up : {3, 8, 30}) {
      for (const int look_ahead : {0, 1, 2, 3, 20}) {
        NocParameters parameters = gated(wake_up, 200, stages);
        parameters.gating.look_ahead = look_ahead;
        for (const int to : {0, 1, 7, 9, 16, 31}) {
          NetworkBench bench(8, 4, parameters, {.bypass_self = false});
          EXPECT_EQ(bench.run([&](std::int64_t) {
            bench.send({.from = 0, .to = to});
            return false;
          }),
                    "");
          const int hops = bench.topology.hops(0, to);
          ASSERT_EQ(bench.arrivals.size(), 1U);
          EXPECT_EQ(bench.arrivals[0].latency(), latency_by_hand(hops, stages, wake_up, look_ahead)) << stages << " " << wake_up << " " << look_ahead;
          if (look_ahead == 0) {
            EXPECT_EQ(bench.arrivals[0].latency(), stages * hops + 2 + hops * wake_up);
          }
          if (look_ahead == 20) {
            EXPECT_EQ(bench.arrivals[0].latency(), stages * hops + 2 + wake_up);
          }
          std::uint64_t wakes = 0;
          for (const GateActivity& gate : bench.network->gates(1000)) wakes += gate.wakes;
          EXPECT_EQ(wakes, static_cast<std::uint64_t>(hops)) << "nobody off the way is woken";
        }
      }
    }
  }
}

/// At a load where every packet meets sleeping routers alone, its latency is that of a single one; at a high load hardly any router sleeps.
TEST(PowerGating, LatencyRisesMostWhereLittleMoves) {
  const auto at = [](double rate, const NocParameters& parameters) {
    return measure(Topology(8, 8, parameters), parameters, {.rate = rate}, {.sample = 20000, .converged = 1, .most_samples = 1}, 1);
  };
  const TrafficResult low = at(0.0004, gated(8)), low_on = at(0.0004, {});
  EXPECT_NEAR(low.packet_latency, low_on.packet_latency + 8 * low.routers_traversed, 0.02 * low.packet_latency);
  EXPECT_GT(low.gated.value(), 0.98);
  EXPECT_FALSE(low_on.gated.has_value());
  const TrafficResult high = at(0.3, gated(8)), high_on = at(0.3, {});
  EXPECT_LT(high.packet_latency, 1.3 * high_on.packet_latency);
  EXPECT_LT(high.gated.value(), 0.2);
  EXPECT_NEAR(high.accepted, high_on.accepted, 0.01);
}

}  // namespace
}  // namespace mho::hw
