// Placement as a quadratic assignment: incremental traffic, annealing and the lower bound, against full sums and all placements there are.
#include "mapper/placement/annealing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "base/index.h"
#include "mapper/placement/placement_state.h"
#include "mapper/placement/traffic_bound.h"
#include "tests/mapper/small_networks.h"

namespace mho::mapper::test {
namespace {

using base::index;

hw::ChipParameters chip_of(int width, int height, int digital, const std::vector<std::string>& more = {}) {
  std::vector<std::string> assignments{fmt::format("chip.mesh.width={}", width), fmt::format("chip.mesh.height={}", height),
                                       fmt::format("chip.digital_cores={}", digital)};
  assignments.insert(assignments.end(), more.begin(), more.end());
  return setting(assignments).chip;
}

/// A port, units of analog cores and digital stages in a random place, and flows between some of them. A digital core has room for `together` stages.
PlacementProblem random_problem(const hw::ChipParameters& chip, int analog, int digital, int together, unsigned seed) {
  std::mt19937 random(seed);
  PlacementProblem problem;
  problem.units.push_back({.kind = hw::CoreKind::port, .node = 0});
  std::vector<int> places = chip.nodes_of(hw::CoreKind::analog);
  std::ranges::shuffle(places, random);
  for (int u = 0; u < analog; ++u) problem.units.push_back({.kind = hw::CoreKind::analog, .node = places[index(u)]});
  const std::vector<int> cores = chip.nodes_of(hw::CoreKind::digital);
  for (int u = 0; u < digital; ++u) {
    problem.units.push_back({.kind = hw::CoreKind::digital, .node = cores[index(u) % cores.size()], .load = {1, 2, 3, 4}});
  }
  problem.limit = {together, 2 * together, 3 * together, 4 * together};
  const auto units = static_cast<int>(problem.units.size());
  for (int a = 0; a < units; ++a) {
    for (int b = a + 1; b < units; ++b) {
      if (random() % 2 == 0) problem.flows.push_back({a, b, static_cast<std::int64_t>(1 + random() % 20)});
    }
  }
  return problem;
}

PlacementProblem placed(PlacementProblem problem, const std::vector<int>& nodes) {
  for (std::size_t u = 0; u < nodes.size(); ++u) problem.units[u].node = nodes[u];
  return problem;
}

/// The traffic from the routers of the chip, not from tables.
std::int64_t traffic_by_hand(const PlacementProblem& problem, const hw::ChipParameters& chip) {
  std::int64_t sum = 0;
  for (const PlacementProblem::Flow& flow : problem.flows) {
    const int a = problem.units[index(flow.a)].node, b = problem.units[index(flow.b)].node;
    if (a != b) sum += flow.flits * chip.hops(a, b);
  }
  return sum;
}

/// What a placement must keep: ports, an analog core for each unit, kinds and the room of digital cores.
void expect_legal(const PlacementProblem& before, const std::vector<int>& nodes, const std::function<hw::CoreKind(int)>& kind) {
  std::set<int> taken;
  std::map<int, std::int64_t> buffers;
  for (std::size_t u = 0; u < nodes.size(); ++u) {
    const PlacementProblem::Unit& unit = before.units[u];
    EXPECT_EQ(kind(nodes[u]), unit.kind);
    EXPECT_TRUE(unit.kind != hw::CoreKind::port || nodes[u] == unit.node);
    EXPECT_TRUE(unit.kind != hw::CoreKind::analog || taken.insert(nodes[u]).second);
    if (unit.kind == hw::CoreKind::digital) buffers[nodes[u]] += unit.load[0];
  }
  for (const auto& [node, used] : buffers) EXPECT_LE(used, before.limit[0]);
}

/// The least traffic of all placements.
std::int64_t optimum(const PlacementProblem& problem, const hw::ChipParameters& chip) {
  const std::vector<int> cores = chip.nodes_of(hw::CoreKind::digital);
  std::vector<int> places = chip.nodes_of(hw::CoreKind::analog);
  PlacementProblem tried = problem;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::vector<std::size_t> analog, digital;
  for (std::size_t u = 0; u < problem.units.size(); ++u) {
    if (problem.units[u].kind == hw::CoreKind::analog) analog.push_back(u);
    if (problem.units[u].kind == hw::CoreKind::digital) digital.push_back(u);
  }
  const std::size_t ways = static_cast<std::size_t>(std::pow(cores.size(), digital.size()) + 0.5);
  do {
    for (std::size_t a = 0; a < analog.size(); ++a) tried.units[analog[a]].node = places[a];
    for (std::size_t way = 0; way < ways; ++way) {
      std::map<int, std::int64_t> used;
      std::size_t rest = way;
      bool fits = true;
      for (const std::size_t u : digital) {
        tried.units[u].node = cores[rest % cores.size()];
        rest /= cores.size();
        fits = fits && (used[tried.units[u].node] += tried.units[u].load[0]) <= problem.limit[0];
      }
      if (fits) least = std::min(least, traffic_by_hand(tried, chip));
    }
  } while (std::ranges::next_permutation(places).found);
  return least;
}

/// On a mesh, a torus and a mesh whose routers have four nodes each.
TEST(Distances, AreRoutersBetweenNodes) {
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{{}, {"noc.topology=torus"}, {"noc.concentration=2"}, {"noc.concentration=4", "noc.topology=torus"}}) {
    const hw::ChipParameters chip = chip_of(8, 6, 5, more);
    const Distances distances(chip);
    for (int a = 0; a < chip.nodes(); ++a) {
      for (int b = 0; b < chip.nodes(); ++b) ASSERT_EQ(distances(a, b), a == b ? 0 : chip.hops(a, b)) << a << " " << b;
    }
  }
}

TEST(Annealing, WhatAMoveAddsIsTheDifferenceOfTwoFullSums) {
  const hw::ChipParameters chip = chip_of(5, 4, 4);
  const PlacementProblem problem = random_problem(chip, 9, 7, 3, 1);
  const Distances distances(chip);
  PlacementState state(problem, chip, distances);
  std::mt19937 random(2);
  int shifts = 0;
  for (int move = 0; move < 2000; ++move) {
    const std::int64_t before = state.traffic();
    const int unit = 1 + static_cast<int>(random() % 16), to = static_cast<int>(1 + random() % 19);
    const bool shift = problem.units[index(unit)].kind == hw::CoreKind::digital && random() % 2 == 0;
    if (shift && (state.kind(to) != hw::CoreKind::digital || to == state.nodes()[index(unit)] || !state.has_room(unit, to))) continue;
    if (!shift && to == state.nodes()[index(unit)]) continue;
    shifts += shift ? 1 : 0;
    const std::int64_t growth = shift ? state.shift(unit, to) : state.exchange(state.nodes()[index(unit)], to);
    ASSERT_EQ(state.traffic(), before + growth);
    ASSERT_EQ(state.traffic(), traffic_by_hand(placed(problem, state.nodes()), chip));
  }
  EXPECT_GT(shifts, 50);
  expect_legal(problem, state.nodes(), [&](int node) { return state.kind(node); });
}

TEST(Annealing, NeverEndsWithMoreThanItsStart) {
  double start = 0, end = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    const hw::ChipParameters chip = chip_of(6, 5, 5);
    const PlacementProblem problem = random_problem(chip, 12, 9, 2, seed);
    const std::vector<int> nodes = anneal(problem, chip, {.seed = seed}).nodes;
    const std::int64_t least = traffic_by_hand(placed(problem, nodes), chip);
    EXPECT_LE(least, traffic_by_hand(problem, chip));
    EXPECT_GE(least, traffic_bound(problem, chip));
    expect_legal(problem, nodes, [&](int node) { return chip.kind(node); });
    start += static_cast<double>(traffic_by_hand(problem, chip));
    end += static_cast<double>(least);
    // From where it ended there is little more to gain, and nothing to lose.
    const PlacementProblem again = placed(problem, nodes);
    EXPECT_LE(traffic_by_hand(placed(again, anneal(again, chip, {.seed = seed + 1}).nodes), chip), least);
  }
  EXPECT_LT(end, 0.8 * start);
}

TEST(Annealing, FindsTheOptimumOfSmallCasesAndTheBoundIsBelow) {
  double share = 0;
  constexpr unsigned cases = 12;
  for (unsigned seed = 0; seed < cases; ++seed) {
    const hw::ChipParameters chip = seed % 3 == 0 ? chip_of(3, 3, 2, {"noc.topology=torus"}) : chip_of(3, 3, 2);
    const PlacementProblem problem = random_problem(chip, 5, 3, 2, 100 + seed);
    const std::int64_t least = optimum(problem, chip);
    EXPECT_EQ(traffic_by_hand(placed(problem, anneal(problem, chip, {}).nodes), chip), least);
    const std::int64_t bound = traffic_bound(problem, chip);
    EXPECT_LE(bound, least);
    share += static_cast<double>(bound) / static_cast<double>(least) / cases;
  }
  EXPECT_GT(share, 0.6);
}

/// A star: the largest flows to the nearest nodes around the best place, which is what the bound says.
TEST(TrafficBound, IsTheOptimumOfAStar) {
  const hw::ChipParameters chip = chip_of(3, 3, 0);
  PlacementProblem problem = random_problem(chip, 6, 0, 1, 1);
  problem.flows.clear();
  for (int u = 2; u < 7; ++u) problem.flows.push_back({1, u, 10 * u});
  const std::int64_t least = optimum(problem, chip);
  EXPECT_EQ(traffic_by_hand(placed(problem, anneal(problem, chip, {}).nodes), chip), least);
  // Four neighbours of the middle, two routers away, and a corner: 2 (60 + 50 + 40 + 30) + 3 * 20.
  EXPECT_EQ(least, 420);
  // The centre alone costs half of that; each of the others at least two routers.
  EXPECT_EQ(traffic_bound(problem, chip), (420 + 2 * (60 + 50 + 40 + 30 + 20)) / 2);
}

TEST(TrafficBound, IsExactWhereEverythingGoesToThePort) {
  const hw::ChipParameters chip = chip_of(3, 3, 2);
  PlacementProblem problem = random_problem(chip, 5, 3, 3, 1);
  std::erase_if(problem.flows, [](const PlacementProblem::Flow& flow) { return flow.a != 0; });
  ASSERT_GT(problem.flows.size(), 2U);
  EXPECT_EQ(traffic_bound(problem, chip), optimum(problem, chip));
}

TEST(TrafficBound, AssignsRowsToColumnsAtTheLeastSum) {
  std::mt19937 random(3);
  for (int turn = 0; turn < 200; ++turn) {
    const std::size_t rows = 1 + random() % 5, columns = rows + random() % 3;
    std::vector<std::int64_t> costs(rows * columns);
    for (std::int64_t& cost : costs) cost = static_cast<std::int64_t>(random() % 30) - 5;
    std::vector<std::size_t> order(columns);
    std::iota(order.begin(), order.end(), 0U);
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    do {
      std::int64_t sum = 0;
      for (std::size_t r = 0; r < rows; ++r) sum += costs[r * columns + order[r]];
      least = std::min(least, sum);
    } while (std::ranges::next_permutation(order).found);
    ASSERT_EQ(least_assignment(costs, columns), least);
  }
}

TEST(Annealing, ASeedGivesTheSameNodesEveryTime) {
  const hw::ChipParameters chip = chip_of(6, 5, 5);
  const PlacementProblem problem = random_problem(chip, 12, 9, 2, 7);
  const auto nodes = [&](std::uint64_t seed) { return anneal(problem, chip, {.seed = seed}).nodes; };
  EXPECT_EQ(nodes(1), nodes(1));
  EXPECT_NE(nodes(1), nodes(2));
}

/// With kinds that move there is nothing that fixed ones have and these have not.
TEST(Annealing, DigitalCoresThatAreFreeToMoveTakeTheirKindAlong) {
  double fixed = 0, free = 0;
  for (unsigned seed = 0; seed < 10; ++seed) {
    const hw::ChipParameters chip = chip_of(6, 5, 5);
    const PlacementProblem problem = random_problem(chip, 12, 9, 2, seed);
    const auto [nodes, kinds] = anneal(problem, chip, {.seed = seed, .free_kinds = true});
    EXPECT_EQ(kinds.size(), 5U);
    EXPECT_FALSE(std::ranges::binary_search(kinds, 0));
    std::set<int> analog, digital;
    for (std::size_t u = 0; u < nodes.size(); ++u) {
      if (problem.units[u].kind == hw::CoreKind::analog) analog.insert(nodes[u]);
      if (problem.units[u].kind == hw::CoreKind::digital) digital.insert(nodes[u]);
      EXPECT_EQ(nodes[u] == 0, problem.units[u].kind == hw::CoreKind::port);
    }
    EXPECT_EQ(analog.size(), 12U);
    EXPECT_TRUE(std::ranges::includes(kinds, digital));
    for (const int node : kinds) EXPECT_FALSE(analog.contains(node));
    fixed += static_cast<double>(traffic_by_hand(placed(problem, anneal(problem, chip, {.seed = seed}).nodes), chip));
    free += static_cast<double>(traffic_by_hand(placed(problem, nodes), chip));
  }
  EXPECT_LT(free, 0.95 * fixed);
}

double traffic_with(const workloads::Network& network, std::vector<std::string> assignments, const std::string& placement) {
  assignments.push_back("mapper.placement=" + placement);
  const Setting on = setting(assignments);
  const Mapping mapping = map_on(network, on);
  hw::verify(mapping.program, on.chip);
  for (const TilePlacement& tile : mapping.tiles) EXPECT_EQ(on.chip.kind(tile.node), hw::CoreKind::analog);
  return static_cast<double>(traffic(mapping.program, on.chip));
}

TEST(Annealing, AMappedNetworkSendsAThirdLess) {
  const workloads::Network network = residual_chain(8);
  const double snake = traffic_with(network, {}, "snake"), compact = traffic_with(network, {}, "compact");
  EXPECT_LT(traffic_with(network, {}, "annealed"), 0.65 * snake);
  EXPECT_LE(traffic_with(network, {}, "annealed"), compact);
  EXPECT_LE(traffic_with(network, {"chip.tiles_per_core=3", "chip.mesh.width=4", "chip.mesh.height=3", "chip.digital_cores=4"}, "annealed"),
            traffic_with(network, {"chip.tiles_per_core=3", "chip.mesh.width=4", "chip.mesh.height=3", "chip.digital_cores=4"}, "compact"));
}

/// What the annealing adds up is what the program sends.
TEST(Annealing, TheProblemOfAProgramHasItsTraffic) {
  const Setting on = setting({"mapper.placement=annealed"});
  const Mapping mapping = map_on(residual_chain(8), on);
  const PlacementProblem problem = placement_problem(mapping.program, on.chip, on.tile);
  EXPECT_EQ(traffic_by_hand(problem, on.chip), traffic(mapping.program, on.chip));
  EXPECT_LE(traffic_bound(problem, on.chip), traffic(mapping.program, on.chip));
}

}  // namespace
}  // namespace mho::mapper::test
