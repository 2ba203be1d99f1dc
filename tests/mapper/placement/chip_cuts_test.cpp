// Cuts into parts for several chips against all ways to cut, and the demand of a program by hand.
#include "mapper/placement/chip_cuts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <tuple>

#include "base/index.h"
#include "hw/spec/topology.h"
#include "mapper/lowering/lowering.h"
#include "mapper/placement/placement_problem.h"
#include "tests/base/expect_error.h"
#include "tests/mapper/small_networks.h"

namespace mho::mapper::test {
namespace {

using base::index;
constexpr double impossible = std::numeric_limits<double>::infinity();

/// Time of the slowest link, digital cores and stage, then flits over links; infinite where a part or a cut does not fit.
std::pair<double, double> price(const PhaseCuts& cuts, const ChipDemand& demand, const ChipSupply& supply, std::size_t chips) {
  if (cuts.size() > chips) return {impossible, impossible};
  double slowest = demand.stage_s, flits = 0;
  for (std::size_t part = 0; part < cuts.size(); ++part) {
    const std::size_t end = part + 1 < cuts.size() ? index(cuts[part + 1]) : demand.steps.size();
    std::size_t tiles = 0;
    std::int64_t bits = 0;
    double work = 0;
    for (std::size_t step = index(cuts[part]); step < end; ++step) {
      tiles += demand.steps[step].tiles;
      bits += demand.steps[step].digital_bits;
      work += demand.steps[step].digital_s;
    }
    if (tiles > supply.tiles || bits > supply.digital_bits) return {impossible, impossible};
    slowest = std::max(slowest, work / supply.digital_cores);
    if (part == 0) continue;
    const ChipDemand::Cut& cut = demand.cuts[index(cuts[part])];
    if (!cut.possible || cut.memory_bits > supply.memory_bits) return {impossible, impossible};
    slowest = std::max(slowest, cut.link_s);
    flits += static_cast<double>(cut.flits);
  }
  return {slowest, flits};
}

TEST(ChipCuts, AreTheBestOfAllWaysToCut) {
  std::mt19937 random(3);
  const auto below = [&](unsigned most) { return static_cast<int>(random() % most); };
  int none = 0, several = 0;
  for (int turn = 0; turn < 300; ++turn) {
    const std::size_t steps = 1 + random() % 11, chips = 1 + random() % 4;
    ChipDemand demand;
    demand.stage_s = below(8);
    for (std::size_t step = 0; step < steps; ++step) {
      demand.steps.push_back({.tiles = index(1 + below(4)), .digital_s = static_cast<double>(below(9)), .digital_bits = below(50)});
      demand.cuts.push_back({.possible = below(6) != 0, .flits = below(40), .link_s = static_cast<double>(below(20)), .memory_bits = below(100)});
    }
    const ChipSupply supply{
        .tiles = index(4 + below(16)), .digital_cores = 1 + below(3), .digital_bits = 60 + below(300), .memory_bits = 60 + below(60)};
    std::pair best{impossible, impossible};
    for (std::uint32_t bits = 0; bits < 1U << (steps - 1); ++bits) {
      PhaseCuts cuts{0};
      for (std::size_t step = 1; step < steps; ++step) {
        if ((bits >> (step - 1) & 1U) != 0) cuts.push_back(static_cast<int>(step));
      }
      best = std::min(best, price(cuts, demand, supply, chips));
    }
    const PhaseCuts cuts = chip_cuts(demand, supply, chips);
    none += cuts.empty() ? 1 : 0;
    several += cuts.size() > 1 ? 1 : 0;
    if (cuts.empty()) {
      ASSERT_EQ(best.first, impossible) << turn;
    } else {
      ASSERT_EQ(price(cuts, demand, supply, chips), best) << turn;
    }
  }
  EXPECT_GT(none, 20);
  EXPECT_GT(several, 100);
}

/// Which chips the stages of a network are on.
std::vector<int> chips_of(const Mapping& mapping, const hw::ChipParameters& chip) {
  const hw::Topology topology(chip);
  std::vector<int> chips;
  for (const hw::Stage& stage : mapping.program.stages) chips.push_back(topology.address(stage.core).chip);
  return chips;
}

TEST(SeveralChips, ANetworkIsCutAlongItsStages) {
  const Setting on = setting({"chip.count=3", "chip.mesh.width=3", "chip.mesh.height=2", "chip.digital_cores=2", "chip.digital_buffer=64KiB"});
  const Mapping mapping = map_on(residual_chain(3), on);
  EXPECT_NO_THROW(hw::verify(mapping.program, on.chip));
  const std::vector<int> chips = chips_of(mapping, on.chip);
  EXPECT_EQ(*std::ranges::max_element(chips), 2) << "eight tiles on chips of three";
  EXPECT_EQ(chips.front(), 0);
  for (const hw::Edge& edge : mapping.program.edges) EXPECT_LE(chips[index(edge.producer)], chips[index(edge.consumer)]);
  for (const TilePlacement& tile : mapping.tiles) EXPECT_EQ(on.chip.kind(tile.node), hw::CoreKind::analog);
}

TEST(SeveralChips, WhatFitsOnOneStaysOnIt) {
  const Setting two = setting({"chip.count=2"}), one = setting();
  const Mapping mapping = map_on(small_convnet(), two), alone = map_on(small_convnet(), one);
  ASSERT_EQ(mapping.program.stages.size(), alone.program.stages.size());
  for (std::size_t s = 0; s < alone.program.stages.size(); ++s) EXPECT_EQ(mapping.program.stages[s].core, alone.program.stages[s].core);
  for (std::size_t e = 0; e < alone.program.edges.size(); ++e) EXPECT_EQ(mapping.program.edges[e].capacity, alone.program.edges[e].capacity);
}

TEST(SeveralChips, SaysWhatIsMissing) {
  const auto refusal = [](const std::vector<std::string>& assignments) {
    return base::user_error([&] { static_cast<void>(map_on(residual_chain(3), setting(assignments))); });
  };
  const std::vector<std::string> small{"chip.count=2", "chip.mesh.width=3", "chip.mesh.height=2", "chip.digital_cores=2"};
  const auto with = [&](std::string more) {
    std::vector<std::string> all = small;
    all.push_back(std::move(more));
    return all;
  };
  EXPECT_THAT(refusal(small), testing::HasSubstr("the network needs 8 tiles and the 2 chips have 3 each: 2 are missing; raise chip.count"));
  EXPECT_THAT(refusal({"chip.count=3", "chip.mesh.width=3", "chip.mesh.height=2", "chip.digital_cores=2", "chip.link.buffer=0.1KiB"}),
              testing::HasSubstr("raise chip.link.buffer to at least"));
  EXPECT_THAT(refusal(with("mapper.weights=reloaded")),
              testing::HasSubstr("weights that are programmed in turn (mapper.weights: reloaded) have one chip"));
}

TEST(SeveralChips, CopiesFillThemAll) {
  const Setting on = setting({"chip.count=2", "chip.mesh.width=4", "chip.mesh.height=4", "chip.digital_cores=4", "mapper.copies=auto"});
  workloads::TiledNetwork tiled = lay_out(residual_chain(3), on.tile);
  assign_copies(tiled, on.chip, on.mapper.copies, {}, on.mapper.row_turns);
  const Mapping mapping = map(tiled, on.chip, on.mapper);
  EXPECT_NO_THROW(hw::verify(mapping.program, on.chip));
  EXPECT_GT(mapping.tiles.size(), 11U) << "more than one chip has";
}

TEST(SeveralChips, AnnealingKeepsEachStageOnItsChip) {
  const std::vector<std::string> common{"chip.count=2", "chip.mesh.width=4", "chip.mesh.height=3", "chip.digital_cores=4"};
  std::vector<std::string> annealed = common;
  annealed.emplace_back("mapper.placement=annealed");
  const Setting before = setting(common), after = setting(annealed);
  const Mapping mapping = map_on(residual_chain(4), before), better = map_on(residual_chain(4), after);
  EXPECT_NO_THROW(hw::verify(better.program, after.chip));
  EXPECT_EQ(chips_of(mapping, before.chip), chips_of(better, after.chip));
  EXPECT_LT(traffic(better.program, after.chip), traffic(mapping.program, before.chip));
}

}  // namespace
}  // namespace mho::mapper::test
