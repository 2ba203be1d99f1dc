// Time step t waits for the state of t - 1. One simulation per process; times by hand as in simulation_test.cpp.
#include <gtest/gtest.h>

#include "hw/chip/simulation.h"
#include "tests/hw/chip/program_fixture.h"

namespace mho::hw {
namespace {

constexpr std::int64_t port = 4;
constexpr std::int64_t core = 3 + 7 + 20 + 4;
constexpr std::int64_t packet(int routers) { return 4 * routers + 2 + 4; }
constexpr std::int64_t gate_cycles = 2 + 8;

/// source -> product on node 5 -> gates on node 4 beside it -> sink, and the gates' state back to the product.
Program recurrent(int steps) {
  Builder b;
  const int source = b.source(steps);
  const int product = b.analog("product", 5, steps);
  const int gates = b.digital("gates", 4, steps, 32);
  const int sink = b.sink(steps);
  b.edge(source, product, steps);
  b.edge(product, gates, 2);
  b.edge(gates, sink, steps);
  Edge& back = b.edge(gates, product, 2);
  auto needs = std::make_shared<std::vector<std::int32_t>>();
  for (int k = 0; k < steps; ++k) needs->push_back(k);
  auto releases = std::make_shared<std::vector<std::int32_t>>(*needs);
  releases->back() = steps;
  back.needs = needs;
  back.releases = releases;
  return b.program;
}

/// A step is the product, its packet, the gates and the state's packet. This leaves behind the 5 flits of the output and a credit, which share the
/// node's one flit a cycle; the credit delays the output too.
TEST(Recurrence, ATimeStepWaitsForTheOneBefore) {
  const auto chip = small_chip();
  const Program program = recurrent(8);
  verify(program, chip);
  const auto result = simulate(program, chip, small_tile());
  constexpr std::int64_t credit = 1;
  constexpr std::int64_t output = 5;
  constexpr std::int64_t first = port + packet(3) + core + packet(2) + gate_cycles;
  constexpr std::int64_t step = output + credit + packet(2) + core + packet(2) + gate_cycles;
  EXPECT_EQ(result.latency.femtoseconds() / 1000000, first + 7 * step + credit + packet(2) + port);
}

}  // namespace
}  // namespace mho::hw
