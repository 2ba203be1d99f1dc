#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "base/random.h"
#include "hw/noc/system_network_module.h"

namespace mho::hw {
namespace {

constexpr int width = 4, height = 3;

/// Chips of 4 x 3 nodes at 1 GHz. Links end at nodes 4 and 7, in the middle of either edge.
ChipParameters chips(int count, double bits_per_second, double latency_s) {
  ChipParameters chip;
  chip.chips = count;
  chip.mesh_width = width;
  chip.mesh_height = height;
  chip.clock = base::Frequency(1e9);
  chip.link.to_previous = 4;
  chip.link.to_next = 7;
  chip.link.bits_per_second = bits_per_second;
  chip.link.latency = base::Duration(latency_s);
  return chip;
}

/// A network of several chips alone, with packets sent at given cycles and their ends recorded. One per process.
class SystemBench : public sc_core::sc_module, public NocClient {
 public:
  struct End {
    Packet packet;
    std::int64_t cycle = 0;
  };

  explicit SystemBench(const ChipParameters& chip)
      : sc_module(sc_core::sc_module_name("bench")), timeline(base::Clock(1000000000, 1)), network("network", timeline, chip), event_("next") {
    network.connect(*this);
    SC_HAS_PROCESS(SystemBench);
    SC_METHOD(tick);
    sensitive << event_;
    dont_initialize();
  }

  void packet_sent(const Packet& packet) override { sent.push_back({packet, timeline.now()}); }
  void packet_arrived(const Packet& packet) override { arrivals.push_back({packet, timeline.now()}); }

  /// Calls `body` in each cycle from 0 until it returns false, then lets everything drain.
  void run(std::function<bool(std::int64_t)> body) {
    body_ = std::move(body);
    timeline.notify(event_, 0);
    sc_core::sc_start();
  }

  [[nodiscard]] bool drained() const {
    for (int chip = 0; chip < network.topology().chips(); ++chip) {
      if (!network.mesh(chip).drained()) return false;
    }
    return network.links_drained();
  }

  periphery::Timeline timeline;
  SystemNetworkModule network;
  std::vector<End> sent, arrivals;

 private:
  void tick() {
    const std::int64_t now = timeline.now();
    if (body_(now)) timeline.notify(event_, now + 1);
  }
  std::function<bool(std::int64_t)> body_;
  sc_core::sc_event event_;
};

/// Cycles of a packet over one mesh: 4 a router, 2 at the interfaces, and its further flits; 1 where it stays on its node.
std::int64_t over_mesh(int from, int to, int flits) {
  if (from == to) return 1;
  const int routers = std::abs(from % width - to % width) + std::abs(from / width - to / width) + 1;
  return 4 * routers + 2 + flits - 1;
}

/// One packet at a time between nodes of three chips: meshes, links with their serialisation and latency, rounded up to a cycle, and nothing else.
/// 64-bit flits over 20 Gb/s take 3.2 ns each.
TEST(SystemNetwork, SinglePacketsTakeTheClosedForm) {
  constexpr double ns_per_flit = 3.2, latency_ns = 7.5;
  SystemBench bench(chips(3, 20e9, latency_ns * 1e-9));
  constexpr int nodes = width * height;
  std::vector<Packet> packets;
  for (const auto& [from, to] : {std::pair{0, 12}, {0, 27}, {7, 16}, {7, 28}, {35, 2}, {16, 7}, {30, 13}, {4, 35}, {14, 23}}) {
    for (const int flits : {1, 2, 9}) packets.push_back({from, to, static_cast<MessageClass>((from + flits) % 3), flits, 0, 0, 0});
  }
  constexpr std::int64_t spacing = 400;
  bench.run([&](std::int64_t now) {
    if (now % spacing == 0) bench.network.send(packets[static_cast<std::size_t>(now / spacing)]);
    return now / spacing + 1 < static_cast<std::int64_t>(packets.size()) || now % spacing != 0;
  });
  ASSERT_EQ(bench.arrivals.size(), packets.size());
  std::uint64_t over_links = 0;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const Packet& arrived = bench.arrivals[i].packet;
    EXPECT_EQ(arrived.from, packets[i].from);
    EXPECT_EQ(arrived.to, packets[i].to);
    EXPECT_EQ(arrived.last, -1) << "as it was sent";
    const int first = packets[i].from / nodes, last = packets[i].to / nodes, flits = packets[i].flits;
    const int out = first < last ? 7 : 4, in = first < last ? 4 : 7;
    const auto link = static_cast<std::int64_t>(std::ceil(flits * ns_per_flit + latency_ns));
    std::int64_t expected = over_mesh(packets[i].from % nodes, first == last ? packets[i].to % nodes : out, flits);
    for (int between = 1; between < std::abs(first - last); ++between) expected += link + over_mesh(in, out, flits);
    if (first != last) expected += link + over_mesh(in, packets[i].to % nodes, flits);
    EXPECT_EQ(bench.arrivals[i].cycle, static_cast<std::int64_t>(i) * spacing + expected) << packets[i].from << " -> " << packets[i].to;
    over_links += static_cast<std::uint64_t>(flits * std::abs(first - last));
  }
  EXPECT_EQ(bench.sent.size(), packets.size()) << "each packet leaves its sender once";
  EXPECT_EQ(bench.network.packets(), packets.size());
  std::uint64_t counted = 0;
  for (const LinkActivity& link : bench.network.chip_links()) counted += link.flits;
  EXPECT_EQ(counted, over_links);
  EXPECT_TRUE(bench.drained());
}

/// Packets queue before a link that is slower than the meshes: it then sends bit after bit, whatever fraction of a cycle a packet takes.
TEST(SystemNetwork, ASlowLinkReachesItsBandwidth) {
  constexpr double ns_per_flit = 64 / 19.0;
  SystemBench bench(chips(2, 19e9, 3e-9));
  constexpr std::int64_t packets = 300;
  constexpr int flits = 3;
  bench.run([&](std::int64_t now) {
    if (now % 4 == 0) bench.network.send({7, 16, MessageClass::activation, flits, 0, 0, 0});
    return now / 4 + 1 < packets || now % 4 != 0;
  });
  ASSERT_EQ(bench.arrivals.size(), static_cast<std::size_t>(packets));
  const std::int64_t first = bench.arrivals.front().cycle, last = bench.arrivals.back().cycle;
  EXPECT_NEAR(static_cast<double>(last - first), (packets - 1) * flits * ns_per_flit, 1.0);
}

/// A link faster than a flit a cycle is fed by the interface of its node, which gives it a flit a cycle.
TEST(SystemNetwork, AFastLinkIsBoundByItsNode) {
  SystemBench bench(chips(2, 1e12, 3e-9));
  constexpr std::int64_t packets = 200;
  constexpr int flits = 4;
  bench.run([&](std::int64_t now) {
    bench.network.send({0, 12 + 11, MessageClass::activation, flits, 0, 0, 0});
    return now + 1 < packets;
  });
  ASSERT_EQ(bench.arrivals.size(), static_cast<std::size_t>(packets));
  EXPECT_NEAR(static_cast<double>(bench.arrivals.back().cycle - bench.arrivals.front().cycle), (packets - 1) * flits, 8.0);
}

/// A credit does not wait behind all positions that came before it: message classes take turns.
TEST(SystemNetwork, MessageClassesTakeTurns) {
  SystemBench bench(chips(2, 6.4e9, 0));
  bench.run([&](std::int64_t now) {
    if (now < 20) bench.network.send({7, 16, MessageClass::activation, 4, 0, 0, 0});
    if (now == 20) bench.network.send({7, 16, MessageClass::control, 1, 0, 0, 0});
    return now < 20;
  });
  ASSERT_EQ(bench.arrivals.size(), 21U);
  const auto control = std::ranges::find(bench.arrivals, MessageClass::control, [](const SystemBench::End& end) { return end.packet.message_class; });
  EXPECT_LE(control - bench.arrivals.begin(), 2);
}

/// Traffic in both directions between all chips, far beyond what links carry: every packet arrives, every credit is back. Meshes of one buffer a
/// channel would stand still if packets waited in them for links, and links for meshes.
TEST(SystemNetwork, FloodedItKeepsEveryPacketAndDrains) {
  ChipParameters chip = chips(4, 30e9, 11e-9);
  chip.noc.virtual_channels = 1;
  chip.noc.buffer_flits = 1;
  SystemBench bench(chip);
  const base::RandomStream random({7, base::Purpose::traffic});
  const int nodes = chip.nodes();
  std::uint64_t sent = 0, crossing = 0;
  bench.run([&](std::int64_t now) {
    for (int node = 0; node < nodes; ++node) {
      const auto bits = random.bits({static_cast<std::uint32_t>(now), static_cast<std::uint32_t>(node)}, 0);
      if (bits % 8 != 0) continue;
      const int to = static_cast<int>(bits >> 8U & 0xFFFFU) % nodes;
      if (to == node) continue;
      const int flits = 1 + static_cast<int>((bits >> 24U) % 12);
      bench.network.send({node, to, static_cast<MessageClass>((bits >> 28U) % 3), flits, 0, static_cast<std::int64_t>(sent), 0});
      ++sent;
      crossing += static_cast<std::uint64_t>(flits * std::abs(node / (width * height) - to / (width * height)));
    }
    return now < 1500;
  });
  EXPECT_EQ(bench.arrivals.size(), sent);
  EXPECT_EQ(bench.network.packets(), sent);
  std::vector<char> seen(sent);
  for (const SystemBench::End& end : bench.arrivals) {
    EXPECT_EQ(seen[static_cast<std::size_t>(end.packet.value)]++, 0) << "twice";
  }
  std::uint64_t counted = 0;
  for (const LinkActivity& link : bench.network.chip_links()) counted += link.flits;
  EXPECT_EQ(counted, crossing);
  EXPECT_TRUE(bench.drained());
}

TEST(Topology, AddressesGoThroughAllChips) {
  const Topology topology(chips(3, 1e9, 0));
  EXPECT_EQ(topology.nodes(), 36);
  EXPECT_EQ(topology.address(29), (Address{2, 5}));
  EXPECT_EQ(topology.node_of({2, 5}), 29);
  EXPECT_EQ(topology.neighbour(8, topology.south()), -1) << "the next chip is no neighbour";
  EXPECT_EQ(topology.neighbour(12, topology.north()), -1);
  EXPECT_EQ(topology.neighbour(12, topology.east()), 13);
  EXPECT_EQ(topology.hops(0, 11), 6);
  EXPECT_EQ(topology.hops(0, 12), 5 + 2) << "0 to 7, then 16 to 12";
  EXPECT_EQ(topology.hops(0, 24), 5 + 4 + 2) << "and from 16 to 19 in between";
  EXPECT_EQ(topology.hops(7, 16), 0) << "both ends of a link";
  EXPECT_EQ(topology.chip_link_begin(1), 16);
  EXPECT_EQ(topology.chip_link_end(1), 7);
}

}  // namespace
}  // namespace mho::hw
