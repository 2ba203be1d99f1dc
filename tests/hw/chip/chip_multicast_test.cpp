// Multicast on the chip; one simulation per process.
#include <gtest/gtest.h>

#include "hw/chip/simulation.h"
#include "tests/hw/chip/program_fixture.h"

namespace mho::hw {
namespace {

SimulationResult run(bool multicast, int positions, int content = 0) {
  ChipParameters chip = small_chip();
  chip.noc.multicast = multicast;
  const Program program = one_to_three(positions, content);
  verify(program, chip);
  return simulate(program, chip, small_tile());
}

/// One position. Packets of 5 flits: from the source over 4, 3 and 5 routers, to the join over 5, 2 and 4, to the sink over 2; credits of one flit
/// over the same ways back.
constexpr std::uint64_t to_layers = 5 * (4 + 3 + 5);
constexpr std::uint64_t others = 5 * (5 + 2 + 4 + 2) + (4 + 3 + 5) + (5 + 2 + 4) + 2;
/// The tree 0, 1, 2, 3 with node 5 below 1 and node 7 below 3: flits leave 0 once, 1 twice, 2 once, 3 twice, 5 and 7 once.
constexpr std::uint64_t tree = 5 * (1 + 2 + 1 + 2 + 1 + 1);

TEST(ChipMulticast, OffEveryConsumerGetsAPacket) {
  const auto result = run(false, 1);
  EXPECT_EQ(result.single.flit_hops, to_layers + others);
  EXPECT_EQ(result.single.packets, 3 + 3 + 1 + 7U);
}

TEST(ChipMulticast, OneForAllConsumersOfAPosition) {
  const auto result = run(true, 1);
  EXPECT_EQ(result.single.flit_hops, tree + others);
  EXPECT_EQ(result.single.packets, 1 + 3 + 1 + 7U);
}

TEST(ChipMulticast, OtherValuesTravelAlone) { EXPECT_EQ(run(true, 1, -1).single.flit_hops, to_layers + others); }

/// Positions back to back, where receivers are ready at different times: the simulation checks that every flit and credit is accounted for.
TEST(ChipMulticast, ManyPositions) {
  const auto result = run(true, 40);
  EXPECT_TRUE(result.converged);
  EXPECT_LT(result.single.flit_hops, 40 * (to_layers + others));
}

}  // namespace
}  // namespace mho::hw
