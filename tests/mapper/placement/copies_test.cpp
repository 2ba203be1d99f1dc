#include "mapper/placement/copies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "base/random.h"

namespace mho::mapper {
namespace {

using testing::ElementsAre;

TEST(Copies, ByHand) {
  // 100 positions on 1 tile and 10 on 2, a product a second: one copy takes 100 s on 3 tiles. Two more tiles: three copies of the first, 34 s.
  const std::vector<LayerDemand> layers{{100, 1, 1, false}, {10, 2, 1, false}};
  EXPECT_EQ(single_copies(layers).interval_s, 100);
  const CopyPlan five = fastest_copies(layers, 5).value();
  EXPECT_THAT(five.copies, ElementsAre(3, 1));
  EXPECT_EQ(five.interval_s, 34);
  EXPECT_FALSE(fastest_copies(layers, 2));
  // 10 s: ten copies of the first; one of the second just fits.
  const CopyPlan ten = fewest_tiles(layers, 10).value();
  EXPECT_THAT(ten.copies, ElementsAre(10, 1));
  EXPECT_EQ(ten.tiles, 12);
  EXPECT_FALSE(fewest_tiles(layers, 0.9));
}

TEST(Copies, StepsThatWaitForEachOtherHaveOne) {
  const std::vector<LayerDemand> layers{{100, 1, 1, false}, {40, 1, 1, true}};
  const CopyPlan plan = fastest_copies(layers, 100).value();
  EXPECT_THAT(plan.copies, ElementsAre(3, 1));
  EXPECT_EQ(plan.interval_s, 40);
  EXPECT_FALSE(fewest_tiles(layers, 39));
}

TEST(Copies, TilesOfDifferentPace) {
  // 4 positions of 3 s and 10 of 1 s, 5 tiles: 2 and 3 copies take 6 and 4 s; no other split is below 6.
  const std::vector<LayerDemand> layers{{4, 1, 3, false}, {10, 1, 1, false}};
  const CopyPlan plan = fastest_copies(layers, 5).value();
  EXPECT_EQ(plan.interval_s, 6);
  EXPECT_EQ(plan.tiles, 4);  // 2 and 2
}

/// Against every split of the tiles, on random layers.
TEST(Copies, NoSplitIsFaster) {
  const base::RandomStream stream({.seed = 4, .purpose = base::Purpose::data});
  std::vector<float> draws(6);
  for (std::uint32_t trial = 0; trial < 200; ++trial) {
    stream.uniforms({.sample = trial}, 0, draws);
    std::vector<LayerDemand> layers(3);
    for (std::size_t l = 0; l < 3; ++l) {
      layers[l] = {1 + static_cast<std::int64_t>(draws[l] * 40), 1 + static_cast<std::int64_t>(draws[l + 3] * 3), 0.5 + 0.25 * static_cast<double>(l),
                   false};
    }
    constexpr std::int64_t budget = 14;
    double best = single_copies(layers).interval_s;
    for (std::int64_t a = 1; a <= budget; ++a) {
      for (std::int64_t b = 1; b <= budget; ++b) {
        for (std::int64_t c = 1; c <= budget; ++c) {
          if (a * layers[0].tiles + b * layers[1].tiles + c * layers[2].tiles > budget) continue;
          const std::int64_t counts[] = {a, b, c};
          double interval = 0;
          for (std::size_t l = 0; l < 3; ++l) {
            interval = std::max(interval, static_cast<double>((layers[l].positions + counts[l] - 1) / counts[l]) * layers[l].tile_time_s);
          }
          best = std::min(best, interval);
        }
      }
    }
    const auto plan = fastest_copies(layers, budget);
    if (single_copies(layers).tiles > budget) {
      EXPECT_FALSE(plan);
    } else {
      ASSERT_TRUE(plan);
      EXPECT_DOUBLE_EQ(plan->interval_s, best) << trial;
      EXPECT_LE(plan->tiles, budget);
    }
  }
}

std::vector<std::map<std::string, std::string>> rows_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::map<std::string, std::string>> rows;
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells(line);
    std::vector<std::string> list;
    for (std::string cell; std::getline(cells, cell, ',');) list.push_back(cell);
    if (names.empty()) {
      names = list;
      continue;
    }
    for (std::size_t i = 0; i < names.size(); ++i) i == 0 ? rows.emplace_back()[names[i]] = list.at(i) : rows.back()[names[i]] = list.at(i);
  }
  return rows;
}

/// Ten networks on 9216 crossbars of 128 x 128: the exact column, found elsewhere.
TEST(CopiesData, ReachTheExactIntervalsOfTenNetworks) {
  const char* const reference = std::getenv("MHO_REFERENCE");  // NOLINT(concurrency-mt-unsafe): one thread
  if (reference == nullptr) GTEST_SKIP() << "MHO_REFERENCE names no tables";
  std::map<std::string, std::vector<LayerDemand>> layers;
  for (const auto& row : rows_of(std::string(reference) + "/mapper/pimcomp_layers.csv")) {
    layers[row.at("network")].push_back({std::stoll(row.at("positions")), std::stoll(row.at("crossbars_128")), 1, false});
  }
  int networks = 0;
  for (const auto& row : rows_of(std::string(reference) + "/mapper/pimcomp_intervals.csv")) {
    SCOPED_TRACE(row.at("network"));
    ++networks;
    const auto& own = layers.at(row.at("network"));
    EXPECT_EQ(single_copies(own).tiles, std::stoll(row.at("one_copy_crossbars")));
    const CopyPlan plan = fastest_copies(own, std::stoll(row.at("budget_crossbars"))).value();
    EXPECT_EQ(plan.interval_s, std::stod(row.at("exact_interval")));
    EXPECT_EQ(plan.tiles, std::stoll(row.at("exact_used")));
  }
  EXPECT_EQ(networks, 10);
}

}  // namespace
}  // namespace mho::mapper
