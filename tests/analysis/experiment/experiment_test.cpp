#include "analysis/experiment/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "base/error.h"

namespace mho::analysis {
namespace {

using testing::HasSubstr;

workloads::DataDescription strokes(std::size_t test, std::size_t calibration) {
  workloads::DataDescription data;
  data.test = workloads::stroke_digits(test, 1, 0);
  if (calibration > 0) data.calibration = workloads::stroke_digits(calibration, 1, 1);
  return data;
}

TEST(Yardstick, WorseThanGuessingTellsNothing) {
  const std::vector<double> values{0.3, 0.1, 0.2};
  const Spread good = spread(values, {0.1, 0.5, true}, 0.4);
  EXPECT_EQ(good.worst, 0.1);
  EXPECT_DOUBLE_EQ(good.yield.value(), 1.0 / 3);
  // A float network below chance does not turn the metric round.
  const Yardstick lost{0.4, 0.2, true};
  EXPECT_EQ(spread(values, lost, 0.5).worst, 0.1);
  EXPECT_EQ(spread(values, lost, 0.5).yield, std::nullopt);
  EXPECT_EQ(normalised(0.3, lost), std::nullopt);
  const Yardstick losses{2.3, 0.1, false};
  EXPECT_EQ(spread(values, losses, 0.5).worst, 0.3);
  EXPECT_DOUBLE_EQ(normalised(1.2, losses).value(), 0.5);
  EXPECT_EQ(spread(values, {2.3, 2.5, false}, 0.5).worst, 0.3);
  EXPECT_EQ(normalised(1.2, {2.3, 2.5, false}), std::nullopt);
}

TEST(SamplePlan, ATrainingSplitCalibratesAndEveryTestSampleIsScored) {
  const SamplePlan plan = plan_samples(strokes(50, 2000), {});
  EXPECT_FALSE(plan.calibrated_on_test);
  EXPECT_EQ(plan.calibration_samples, 1000U);
  EXPECT_EQ(plan.first, 0U);
  EXPECT_EQ(plan.scored, 50U);
}

TEST(SamplePlan, WithoutOneTheFirstTestSamplesCalibrateAndAreNotScored) {
  const SamplePlan small = plan_samples(strokes(50, 0), {});
  EXPECT_TRUE(small.calibrated_on_test);
  EXPECT_EQ(small.calibration_samples, 25U);
  EXPECT_EQ(small.first, 25U);
  EXPECT_EQ(small.scored, 25U);
  const SamplePlan large = plan_samples(strokes(2500, 0), {});
  EXPECT_EQ(large.first, 1000U);
  EXPECT_EQ(large.scored, 1500U);
}

TEST(SamplePlan, MoreSamplesThanThereAreAreRefused) {
  ExperimentOptions options;
  options.samples = 25;
  EXPECT_EQ(plan_samples(strokes(50, 0), options).scored, 25U);
  options.samples = 26;
  try {
    plan_samples(strokes(50, 0), options);
    FAIL() << "accepted";
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::usage);
    EXPECT_THAT(error.what(), HasSubstr("at most 25"));
  }
  options.samples = 0;
  EXPECT_THROW(plan_samples(strokes(50, 0), options), base::UserError);
}

TEST(MeanAndError, OfTheMeanOverProgrammings) {
  const auto [mean, sem] = mean_and_error({0.9, 0.8, 0.7});
  EXPECT_DOUBLE_EQ(mean, 0.8);
  EXPECT_NEAR(sem.value(), 0.1 / std::sqrt(3.0), 1e-15);
  EXPECT_FALSE(mean_and_error({0.5}).sem.has_value());
}

}  // namespace
}  // namespace mho::analysis
