// Programs over several chips: times by hand, what crosses links, and what is refused. One simulation per process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "hw/program/chip_links.h"
#include "tests/base/expect_error.h"
#include "tests/hw/chip/hand_times.h"

namespace mho::hw {
namespace {

/// Two of small_chip(), linked from node 7 of the first (the end of its second row) to node 4 of the second.
ChipParameters two_chips(double bits_per_second = 64e9, double latency_s = 10e-9) {
  ChipParameters chip = small_chip();
  chip.chips = 2;
  chip.link.to_previous = 4;
  chip.link.to_next = 7;
  chip.link.bits_per_second = bits_per_second;
  chip.link.latency = base::Duration(latency_s);
  chip.link.buffer_bytes = 1 << 16;
  return chip;
}

constexpr int other = 8;  ///< nodes of a chip, so number of the first node of the second

/// source and a tile on node 1 of the first chip -> a tile on node 5 and the sink of the second.
Program over_two_chips(int positions, int capacity = 4) {
  Builder b;
  const int source = b.source(positions);
  const int first = b.analog("first", 1, positions);
  const int second = b.analog("second", other + 5, positions);
  const int sink = b.sink(positions);
  b.program.stages[static_cast<std::size_t>(sink)].core = other;
  b.edge(source, first, 4);
  b.edge(first, second, capacity);
  b.edge(second, sink, 4);
  return b.program;
}

/// A packet of 5 flits: 1 to 7 are 4 routers; 5 cycles at a flit a cycle and 10 of latency over the link; 4 to 5 of the other chip are 2 routers.
constexpr std::int64_t first_to_second = packet(4) + 5 + 10 + packet(2);

TEST(SeveralChips, LatencyByHand) {
  const SimulationResult result = run(over_two_chips(1), two_chips());
  EXPECT_EQ(cycles(result.latency), port + packet(2) + core + first_to_second + core + packet(3) + port);
  std::uint64_t forward = 0, backward = 0;
  for (const LinkActivity& link : result.single.links) {
    if (link.kind != LinkActivity::Kind::chips) continue;
    EXPECT_EQ(link.from, link.flits > 1 ? 7 : other + 4);
    EXPECT_EQ(link.to, link.flits > 1 ? other + 4 : 7);
    (link.from < link.to ? forward : backward) += link.flits;
  }
  EXPECT_EQ(forward, 5U);
  EXPECT_EQ(backward, 1U) << "the credit";
}

/// A position every 80 cycles over a link of 4 Gb/s, however fast the tiles are.
TEST(SeveralChips, ASlowLinkSetsTheInterval) {
  const SimulationResult result = run(over_two_chips(8, 16), two_chips(4e9));
  EXPECT_NEAR(interval_cycles(result), 8 * 80, 1.0);
  EXPECT_NEAR(busiest_cycles(result.single, two_chips(4e9)), 8 * 80, 1e-6);
}

/// With room for one position, its credit must be back before the next one leaves: there, through the tile's drivers, and back.
TEST(SeveralChips, CreditsTravelOverTheLink) {
  const SimulationResult result = run(over_two_chips(12, 1), two_chips());
  const double round = static_cast<double>(interval_cycles(result)) / 12;
  const std::int64_t there_and_back = first_to_second + credit(2) + 1 + 10 + credit(4);
  EXPECT_GE(round, static_cast<double>(there_and_back));
  EXPECT_LE(round, static_cast<double>(there_and_back + core));
}

/// Stages back and forth between three chips, with buffers for a position: it ends, and nothing is left.
TEST(SeveralChips, BackAndForthWithTheLeastBuffersItDrains) {
  ChipParameters chip = two_chips();
  chip.chips = 3;
  chip.noc.virtual_channels = 1;
  chip.noc.buffer_flits = 1;
  Builder b;
  constexpr int positions = 6;
  int last = b.source(positions);
  const std::vector<int> cores{1, other + 1, 2 * other + 1, other + 2, 2, 2 * other + 2, 3, 2 * other + 3, other + 3};
  for (const int node : cores) {
    const int next = b.analog("on " + std::to_string(node), node, positions);
    b.edge(last, next, 1);
    last = next;
  }
  b.edge(last, b.sink(positions), 1);
  const SimulationResult result = run(b.program, chip);
  EXPECT_EQ(result.single.stages.back().positions, 6U);
  EXPECT_EQ(result.single.stages.back().port_bits, positions * 256U);
}

TEST(SeveralChips, MemoriesHoldWhatCreditsAllow) {
  const Program program = over_two_chips(8, 16);
  ChipParameters chip = two_chips();
  // 16 positions of 5 flits of 64 bits there, 16 credits of a flit back.
  EXPECT_EQ(link_memory_bits(program, chip), (std::vector<std::int64_t>{16 * 5 * 64, 16 * 64}));
  chip.link.buffer_bytes = 16 * 5 * 64 / 8;
  EXPECT_NO_THROW(verify(program, chip));
  chip.link.buffer_bytes -= 1;
  EXPECT_THAT(
      base::user_error([&] { verify(program, chip); }),
      testing::HasSubstr("the link from chip 0 to 1 may have to hold 640 bytes of the positions that buffers behind it can take, and its memories "
                         "have 639; raise chip.link.buffer to at least 0.6 KiB"));
}

}  // namespace
}  // namespace mho::hw
