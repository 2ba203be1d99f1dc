#include "analysis/cost/bands.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mho::analysis {
namespace {

ComponentCost component(const char* name, double joule, double spread) {
  ComponentCost one;
  one.name = name;
  one.joule = joule;
  one.square_metre = joule;
  one.note.spread = {spread, spread, spread};
  return one;
}

CostSums sums(double energy) {
  return {.energy_j = energy, .standing_j = 0, .leakage_w = 0, .interval_s = 2, .area_m2 = energy, .tops_per_watt = 10};
}

TEST(CostBands, OneComponentHasTheQuantilesOfALogNormalFactor) {
  const CostBands bands = cost_bands({component("a", 3, 0.5)}, sums(3));
  // 90 % within exp(1.645 x 0.5) either way; 10 000 draws know a quantile to about 2 %.
  EXPECT_NEAR(bands.energy.high / (3 * std::exp(1.645 * 0.5)), 1, 0.03);
  EXPECT_NEAR(bands.energy.low / (3 * std::exp(-1.645 * 0.5)), 1, 0.03);
  EXPECT_DOUBLE_EQ(bands.power.high, bands.energy.high / 2);
  EXPECT_DOUBLE_EQ(bands.tops_per_watt.low, 10 * 3 / bands.energy.high);
  EXPECT_EQ(bands.energy.main_component, "a");
  EXPECT_DOUBLE_EQ(bands.energy.main_share, 1);
}

TEST(CostBands, SharesOfTheVarianceAreExact) {
  const CostBands bands = cost_bands({component("a", 3, 0.5), component("b", 5, 0.2), component("exact", 7, 0)}, sums(15));
  const auto variance = [](double x, double s) { return x * x * (std::exp(s * s) - 1) * std::exp(s * s); };
  EXPECT_EQ(bands.energy.main_component, "a");
  EXPECT_NEAR(bands.energy.main_share, variance(3, 0.5) / (variance(3, 0.5) + variance(5, 0.2)), 1e-12);
}

TEST(CostBands, IndependentComponentsGiveANarrowerBandThanOne) {
  const double one = cost_bands({component("a", 4, 0.5)}, sums(4)).energy.high;
  const double four =
      cost_bands({component("a", 1, 0.5), component("b", 1, 0.5), component("c", 1, 0.5), component("d", 1, 0.5)}, sums(4)).energy.high;
  EXPECT_LT(four, 0.8 * one);
  EXPECT_GT(four, 4);
}

TEST(CostBands, ExactCostsHaveNone) {
  const CostBands bands = cost_bands({component("a", 3, 0)}, sums(3));
  EXPECT_DOUBLE_EQ(bands.energy.low, 3);
  EXPECT_DOUBLE_EQ(bands.energy.high, 3);
  EXPECT_EQ(bands.energy.main_component, "");
}

TEST(CostBands, LeakageCountsByTheIntervalAndByWhatGatesSave) {
  ComponentCost leaky = component("a", 0, 0.5);
  leaky.leakage_w = 2;
  CostSums all = sums(3);
  all.standing_j = 3;  // of 2 W over 2 s gates save 1 J
  all.leakage_w = 2;
  const CostBands bands = cost_bands({leaky}, all);
  EXPECT_NEAR(bands.energy.high / (3 * std::exp(1.645 * 0.5)), 1, 0.03);
  EXPECT_NEAR(bands.leakage.high / (2 * std::exp(1.645 * 0.5)), 1, 0.03);
}

}  // namespace
}  // namespace mho::analysis
