#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <vector>

#include "workloads/data/dataset.h"

namespace mho::workloads {
namespace {

std::vector<float> sample(const Dataset& data, std::size_t index) {
  std::vector<float> values(static_cast<std::size_t>(element_count(data.sample_shape())));
  data.load(index, values);
  return values;
}

TEST(StrokeDigits, HasTheShapeOfGreyImages) {
  const auto data = stroke_digits(3, 1, 0);
  EXPECT_EQ(data->size(), 3U);
  EXPECT_EQ(data->sample_shape(), (Shape{1, 16, 16}));
  EXPECT_EQ(data->classes(), 10);
}

TEST(StrokeDigits, ASampleDependsOnSeedSplitAndIndexAlone) {
  const auto few = stroke_digits(5, 7, 0);
  const auto many = stroke_digits(40, 7, 0);
  for (std::size_t i = 0; i < few->size(); ++i) {
    EXPECT_EQ(sample(*few, i), sample(*many, i)) << i;
    EXPECT_EQ(few->label(i), many->label(i)) << i;
  }
  EXPECT_NE(sample(*many, 0), sample(*many, 1));
  EXPECT_NE(sample(*many, 0), sample(*stroke_digits(1, 8, 0), 0));
  for (const int split : {1, 2}) EXPECT_NE(sample(*many, 0), sample(*stroke_digits(1, 7, split), 0)) << split;
}

TEST(StrokeDigits, HashTellsSetsApart) {
  const auto hash = stroke_digits(20, 7, 0)->hash();
  EXPECT_EQ(hash, stroke_digits(20, 7, 0)->hash());
  EXPECT_NE(hash, stroke_digits(21, 7, 0)->hash());
  EXPECT_NE(hash, stroke_digits(20, 8, 0)->hash());
  EXPECT_NE(hash, stroke_digits(20, 7, 1)->hash());
}

TEST(StrokeDigits, PixelsAreEightBitGrey) {
  const auto data = stroke_digits(50, 3, 0);
  for (std::size_t i = 0; i < data->size(); ++i) {
    for (const float value : sample(*data, i)) {
      ASSERT_GE(value, 0.0F);
      ASSERT_LE(value, 1.0F);
      ASSERT_EQ(value, std::nearbyint(value * 255.0F) / 255.0F);
    }
  }
}

TEST(StrokeDigits, ClassesAreEven) {
  const auto data = stroke_digits(4000, 5, 0);
  std::array<int, 10> count{};
  for (std::size_t i = 0; i < data->size(); ++i) ++count.at(static_cast<std::size_t>(data->label(i)));
  // Binomial: 400 +- 19; five standard deviations.
  for (const int n : count) EXPECT_NEAR(n, 400, 95);
}

// A classifier without any knowledge of strokes: the nearest class mean. The classes are there to be found, and not for free.
TEST(StrokeDigits, ANearestMeanIsBetterThanChanceAndFarFromPerfect) {
  const auto training = stroke_digits(4000, 2024, 2);
  const auto test = stroke_digits(1000, 2024, 0);
  std::array<std::vector<double>, 10> mean;
  std::array<double, 10> count{};
  for (auto& m : mean) m.assign(256, 0.0);
  for (std::size_t i = 0; i < training->size(); ++i) {
    const auto label = static_cast<std::size_t>(training->label(i));
    const auto x = sample(*training, i);
    ++count[label];
    for (std::size_t k = 0; k < x.size(); ++k) mean[label][k] += x[k];
  }
  int right = 0;
  for (std::size_t i = 0; i < test->size(); ++i) {
    const auto x = sample(*test, i);
    std::size_t best = 0;
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < 10; ++c) {
      double distance = 0;
      for (std::size_t k = 0; k < x.size(); ++k) distance += (x[k] - mean[c][k] / count[c]) * (x[k] - mean[c][k] / count[c]);
      if (distance < nearest) {
        nearest = distance;
        best = c;
      }
    }
    right += static_cast<int>(best) == test->label(i) ? 1 : 0;
  }
  EXPECT_GT(right, 400);
  EXPECT_LT(right, 850);
}

TEST(StrokeDigits, DefaultDataIsTwoDisjointSplits) {
  const auto data = default_data();
  ASSERT_TRUE(data.test && data.calibration);
  EXPECT_EQ(data.test->size(), 2000U);
  EXPECT_EQ(data.calibration->size(), 1000U);
  EXPECT_NE(data.test->hash(), data.calibration->hash());
}

// The images are part of every stored default run and of the committed network: they never change without a version step. Equal for
// optimised and unoptimised builds.
TEST(StrokeDigits, DefaultDataHasTheBitsItAlwaysHad) {
  const auto data = default_data();
  EXPECT_EQ(data.test->hash(), "c78f9da1c79c531d");
  EXPECT_EQ(data.calibration->hash(), "d09bb57478d64861");
}

TEST(StrokeDigits, ProgrammerErrorsAreRefused) {
  const auto data = stroke_digits(1, 1, 0);
  std::vector<float> small(10);
  std::vector<float> right(256);
  EXPECT_THROW(data->load(0, small), std::logic_error);
  EXPECT_THROW(data->load(1, right), std::out_of_range);
  EXPECT_THROW(stroke_digits(1, 1, 3), std::logic_error);
}

}  // namespace
}  // namespace mho::workloads
