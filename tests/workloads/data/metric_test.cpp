#include "workloads/data/metric.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mho::workloads {
namespace {

double value(Metric metric, const std::vector<float>& outputs, std::size_t positions, const std::vector<float>& targets) {
  Score score(metric);
  score.add(outputs, positions, targets);
  return score.value();
}

TEST(Metric, ByHand) {
  // Two positions of three classes; the second target does not count in the second line.
  const std::vector<float> outputs{1, 3, 2, 5, 0, 5};
  EXPECT_DOUBLE_EQ(value(Metric::top1, outputs, 2, {1, 2}), 0.5);  // of equals the first
  EXPECT_DOUBLE_EQ(value(Metric::top1, outputs, 2, {1, ignored_target}), 1);
  EXPECT_NEAR(value(Metric::nats, outputs, 2, {1, 2}),
              0.5 * (std::log(std::exp(1) + std::exp(3) + std::exp(2)) - 3 + std::log(2 * std::exp(5) + 1) - 5), 1e-7);
  EXPECT_DOUBLE_EQ(value(Metric::mse, {1, 2, 3}, 1, {1, 4, 0}), (4.0 + 9.0) / 3);
  // Six falling scores: the last class is not among the first five.
  const std::vector<float> six{6, 5, 4, 3, 2, 1};
  EXPECT_DOUBLE_EQ(value(Metric::top5, six, 1, {4}), 1);
  EXPECT_DOUBLE_EQ(value(Metric::top5, six, 1, {5}), 0);
  EXPECT_TRUE(std::isnan(value(Metric::top1, outputs, 2, {ignored_target, ignored_target})));
}

TEST(Metric, F1IsTheMeanOverClassesThatOccur) {
  // Said 0, 0, 1, 1; are 0, 1, 1, 1. Class 0: 2 * 1 / (2 + 1); class 1: 2 * 2 / (2 + 3); class 2 does not occur.
  const std::vector<float> outputs{1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0};
  EXPECT_DOUBLE_EQ(value(Metric::f1, outputs, 4, {0, 1, 1, 1}), 0.5 * (2.0 / 3 + 4.0 / 5));
}

TEST(Metric, PartsAddUp) {
  for (const Metric metric : {Metric::top1, Metric::nats, Metric::f1}) {
    const std::vector<float> first{1, 2, 0}, second{0, 1, 3};
    Score whole(metric), one(metric), two(metric);
    whole.add(first, 1, std::vector<float>{1});
    whole.add(second, 1, std::vector<float>{0});
    one.add(first, 1, std::vector<float>{1});
    two.add(second, 1, std::vector<float>{0});
    one.add(two);
    EXPECT_DOUBLE_EQ(one.value(), whole.value());
    EXPECT_EQ(one.count(), 2U);
  }
}

TEST(Metric, ChanceLevels) {
  EXPECT_DOUBLE_EQ(chance_level(Metric::top1, 10, 0), 0.1);
  EXPECT_DOUBLE_EQ(chance_level(Metric::top5, 10, 0), 0.5);
  EXPECT_NEAR(chance_level(Metric::nats, 65, 0), std::log(65), 1e-12);
  EXPECT_DOUBLE_EQ(chance_level(Metric::mse, 1, 2.5), 2.5);
  for (const std::string& name : metric_names()) EXPECT_EQ(metric_name(metric_of(name)), name);
}

}  // namespace
}  // namespace mho::workloads
