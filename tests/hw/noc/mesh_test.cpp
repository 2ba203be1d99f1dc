#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/hw/noc/mesh_fixture.h"

namespace mho::hw {
namespace {

NocParameters noc(int stages) {
  NocParameters parameters;
  parameters.router_stages = stages;
  return parameters;
}

/// Single packets over every pair of nodes of a 5 x 3 mesh and several lengths, one at a time, against the closed form of MeshModule.
void every_distance(int stages) {
  constexpr int width = 5;
  constexpr int height = 3;
  MeshBench bench(width, height, noc(stages));
  std::vector<Packet> packets;
  for (int from = 0; from < width * height; ++from) {
    for (int to = 0; to < width * height; ++to) {
      if (from == to) continue;
      for (int flits : {1, 2, 8, 9, 33}) packets.push_back({from, to, static_cast<MessageClass>((from + to) % 3), flits, 0, 0, 0});
    }
  }
  constexpr std::int64_t spacing = 200;
  bench.run([&](std::int64_t now) {
    if (now % spacing == 0) bench.mesh.send(packets[static_cast<std::size_t>(now / spacing)]);
    return now / spacing + 1 < static_cast<std::int64_t>(packets.size()) || now % spacing != 0;
  });
  ASSERT_EQ(bench.arrivals.size(), packets.size());
  std::uint64_t hops = 0;
  for (const auto& arrival : bench.arrivals) {
    const int from = arrival.packet.from;
    const int to = arrival.packet.to;
    const int routers = std::abs(from % width - to % width) + std::abs(from / width - to / width) + 1;
    EXPECT_EQ(arrival.latency(), stages * routers + 2 + arrival.packet.flits - 1) << from << " -> " << to << ", " << arrival.packet.flits << " flits";
    hops += static_cast<std::uint64_t>(routers * arrival.packet.flits);
  }
  EXPECT_EQ(bench.mesh.flit_hops(), hops);
  EXPECT_TRUE(bench.mesh.drained());
  RouterActivity all;
  for (const auto& router : bench.mesh.routers()) all += router;
  EXPECT_EQ(all.buffer_writes, hops);
  EXPECT_EQ(all.buffer_reads, hops);
  EXPECT_EQ(all.crossbar_traversals, hops);
  EXPECT_EQ(all.arbitrations, hops);
  EXPECT_EQ(all.link_flits, hops - bench.mesh.flits_injected());
}

TEST(Mesh, SinglePacketsTakeTheClosedFormWithThreeStages) { every_distance(3); }
TEST(Mesh, SinglePacketsTakeTheClosedFormWithFourStages) { every_distance(4); }
TEST(Mesh, SinglePacketsTakeTheClosedFormWithFiveStages) { every_distance(5); }

TEST(Mesh, WithinANodeItTakesOneCycle) {
  MeshBench bench(2, 2, noc(4));
  bench.run([&](std::int64_t) {
    bench.mesh.send({3, 3, MessageClass::activation, 5, 0, 0, 0});
    return false;
  });
  ASSERT_EQ(bench.arrivals.size(), 1U);
  EXPECT_EQ(bench.arrivals[0].latency(), 1);
  EXPECT_EQ(bench.mesh.flit_hops(), 0U);
}

/// One buffer slot: each flit waits for the credit of the one before it. Between routers the loop is 7 cycles behind a head and 6 behind a body flit;
/// at the last router the interface consumes the head at once, so it leaves with all others at 6.
TEST(Mesh, CreditLoopOfBodyFlitsIsSixCycles) {
  NocParameters parameters = noc(4);
  parameters.buffer_flits = 1;
  MeshBench bench(4, 1, parameters);
  constexpr int flits = 11;
  bench.run([&](std::int64_t) {
    bench.mesh.send({0, 3, MessageClass::activation, flits, 0, 0, 0});
    return false;
  });
  ASSERT_EQ(bench.arrivals.size(), 1U);
  constexpr int unloaded = 4 * 4 + 2;
  EXPECT_EQ(bench.arrivals[0].latency(), unloaded + (flits - 1) * 6);
}

TEST(Mesh, FloodedItKeepsEveryFlitAndDrains) {
  MeshBench bench(4, 4, noc(4));
  const base::RandomStream random({7, base::Purpose::traffic});
  std::uint64_t sent = 0;
  std::uint64_t flits = 0;
  bench.run([&](std::int64_t now) {
    for (int node = 0; node < 16; ++node) {
      const auto bits = random.bits({static_cast<std::uint32_t>(now), static_cast<std::uint32_t>(node)}, 0);
      if (bits % 8 != 0) continue;
      const int to = static_cast<int>(bits >> 8) & 15;
      if (to == node) continue;
      const int length = 1 + static_cast<int>((bits >> 16) % 12);
      bench.mesh.send({node, to, static_cast<MessageClass>((bits >> 20) % 3), length, 0, 0, 0});
      ++sent;
      flits += static_cast<std::uint64_t>(length);
    }
    return now < 3000;
  });
  EXPECT_EQ(bench.arrivals.size(), sent);
  EXPECT_EQ(bench.mesh.packets(), sent);
  EXPECT_EQ(bench.mesh.flits_injected(), flits);
  EXPECT_EQ(bench.mesh.flits_ejected(), flits);
  EXPECT_TRUE(bench.mesh.drained());
}

/// Bernoulli traffic with uniform destinations (the sender included, through its own router in the reference, hence left out of both): 8 x 8, packets
/// of 4 flits, 2 channels of 8 flits, 4 stages. At 0.2 flits per node and cycle the packet latency published for this router organisation is 33.4
/// cycles.
TEST(Mesh, UniformTrafficHasTheLatencyOfTheReferenceSimulator) {
  MeshBench bench(8, 8, noc(4));
  const base::RandomStream random({1, base::Purpose::traffic});
  constexpr double probability = 0.2 / 4;
  constexpr std::int64_t warm_up = 3000;
  constexpr std::int64_t end = 13000;
  bench.run([&](std::int64_t now) {
    for (int node = 0; node < 64; ++node) {
      const base::EventId event{static_cast<std::uint32_t>(now), static_cast<std::uint32_t>(node)};
      if (random.uniform(event, 0) >= probability) continue;
      const int to = static_cast<int>(random.bits(event, 1) % 64);
      if (to != node) bench.mesh.send({node, to, MessageClass::activation, 4, 0, 0, 0});
    }
    return now < end;
  });
  double sum = 0;
  double count = 0;
  for (const auto& arrival : bench.arrivals) {
    if (arrival.packet.created < warm_up || arrival.packet.created >= end) continue;
    sum += static_cast<double>(arrival.latency());
    ++count;
  }
  // 1/64 of the reference's packets go to their own node: one router, 4 + 2 + 3 cycles and little waiting.
  constexpr double reference = 33.4383;
  constexpr double to_self = 9.5;
  const double expected = (reference - to_self / 64) * 64 / 63;
  EXPECT_NEAR(sum / count, expected, 0.02 * expected);
}

}  // namespace
}  // namespace mho::hw
