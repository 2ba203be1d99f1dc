#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "periphery/digital/elementary.h"
#include "periphery/digital/elementwise.h"
#include "periphery/digital/functions.h"
#include "periphery/digital/lines.h"
#include "periphery/digital/pooling.h"
#include "periphery/digital/reduction.h"

namespace mho::periphery::digital {
namespace {

using testing::ElementsAre;

TEST(DigitalElementary, AgreesWithTheLibraryToASingleRounding) {
  constexpr double tolerance = 1e-7;  // two roundings of float32 are 1.2e-7 apart
  for (double x = -80; x <= 80; x += 0.00913) {
    const auto value = static_cast<float>(x);
    const double exact = value;
    EXPECT_NEAR(exponential(value) / std::exp(exact), 1.0, tolerance) << value;
    EXPECT_NEAR(sigmoid(value) * (1.0 + std::exp(-exact)), 1.0, tolerance) << value;
    EXPECT_NEAR(tanh(value) / std::tanh(exact), 1.0, tolerance) << value;
  }
  for (float x = 1e-30F; x < 1e-2F; x *= 1.7F) {
    EXPECT_NEAR(tanh(x) / std::tanh(static_cast<double>(x)), 1.0, tolerance) << x;
    EXPECT_EQ(tanh(-x), -tanh(x));
  }
}

TEST(DigitalElementary, LimitsAndNaN) {
  EXPECT_EQ(sigmoid(1000), 1.0F);
  EXPECT_EQ(sigmoid(-1000), 0.0F);
  EXPECT_EQ(tanh(1000), 1.0F);
  EXPECT_EQ(tanh(-1000), -1.0F);
  EXPECT_EQ(exponential(0), 1.0F);
  EXPECT_EQ(tanh(0), 0.0F);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(sigmoid(nan)));
  EXPECT_TRUE(std::isnan(tanh(nan)));
  EXPECT_TRUE(std::isnan(exponential(nan)));
}

TEST(DigitalElementary, BitsAreFixed) {
  // Known outputs: whoever changes them changes every stored result.
  EXPECT_EQ(std::bit_cast<std::uint32_t>(exponential(1.0F)), 0x402DF854U);  // e = 2.71828174591...
  EXPECT_EQ(std::bit_cast<std::uint32_t>(sigmoid(1.0F)), 0x3F3B26A8U);      // 0.731058597...
  EXPECT_EQ(std::bit_cast<std::uint32_t>(tanh(1.0F)), 0x3F42F7D6U);         // 0.761594176...
}

TEST(DigitalElementwise, KeepsNaNVisible) {
  const std::vector<float> x{std::numeric_limits<float>::quiet_NaN(), -1, 0.5, 7};
  std::vector<float> y(4);
  relu(x, y);
  EXPECT_TRUE(std::isnan(y[0]));
  EXPECT_EQ(y[1], 0);
  EXPECT_EQ(y[3], 7);
  clip(x, 0, 6, y);
  EXPECT_TRUE(std::isnan(y[0]));
  EXPECT_EQ(y[3], 6);
}

/// Broadcasting by its definition, one element at a time.
std::vector<float> slow_broadcast(const std::vector<float>& a, std::vector<std::int64_t> a_shape, const std::vector<float>& b,
                                  std::vector<std::int64_t> b_shape, const std::vector<std::int64_t>& shape) {
  a_shape.insert(a_shape.begin(), shape.size() - a_shape.size(), 1);
  b_shape.insert(b_shape.begin(), shape.size() - b_shape.size(), 1);
  std::int64_t count = 1;
  for (const auto length : shape) count *= length;
  std::vector<float> y;
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t rest = i, a_at = 0, b_at = 0, a_step = 1, b_step = 1;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      const std::int64_t index = rest % shape[axis];
      rest /= shape[axis];
      a_at += (a_shape[axis] == 1 ? 0 : index) * a_step;
      b_at += (b_shape[axis] == 1 ? 0 : index) * b_step;
      a_step *= a_shape[axis];
      b_step *= b_shape[axis];
    }
    y.push_back(a[static_cast<std::size_t>(a_at)] - b[static_cast<std::size_t>(b_at)]);
  }
  return y;
}

TEST(DigitalElementwise, BroadcastsAsDefined) {
  using Shape = std::vector<std::int64_t>;
  const std::vector<std::array<Shape, 3>> cases{{Shape{2, 3, 4}, {4}, {2, 3, 4}},
                                                {Shape{2, 3, 4}, {3, 1}, {2, 3, 4}},
                                                {Shape{2, 3, 4}, {2, 1, 1}, {2, 3, 4}},
                                                {Shape{1}, {2, 3}, {2, 3}},
                                                {Shape{2, 1, 4}, {1, 3, 1}, {2, 3, 4}},
                                                {Shape{3, 1}, {1, 4}, {3, 4}},
                                                {Shape{2, 3}, {}, {2, 3}},
                                                {Shape{1, 1}, {1}, {1, 1}},
                                                {Shape{2, 1, 3, 1}, {5, 1, 4}, {2, 5, 3, 4}}};
  for (const auto& [a_shape, b_shape, shape] : cases) {
    const auto fill = [](const Shape& of, float first) {
      std::size_t count = 1;
      for (const auto length : of) count *= static_cast<std::size_t>(length);
      std::vector<float> values(count);
      for (std::size_t i = 0; i < count; ++i) values[i] = first + static_cast<float>(i * i);
      return values;
    };
    const auto a = fill(a_shape, 1), b = fill(b_shape, 0.5F);
    std::vector<float> y(slow_broadcast(a, a_shape, b, b_shape, shape).size());
    binary(Binary::sub, a, a_shape, b, b_shape, y, shape);
    EXPECT_EQ(y, slow_broadcast(a, a_shape, b, b_shape, shape));
  }
  std::vector<float> y(2);
  EXPECT_THROW(binary(Binary::add, std::vector<float>(3), std::vector<float>(2), y), std::logic_error);
}

TEST(DigitalPooling, WindowsAtTheBorder) {
  const std::vector<float> x{1, 2, 3, 4, 5, 6, 7, 8, -9};
  PoolWindow window{.kernel = {2, 2}, .stride = {2, 2}, .dilation = {1, 1}, .pad_begin = {1, 1}, .pad_end = {0, 0}};
  std::vector<float> y(4);
  max_pool(x, {3, 3}, window, {2, 2}, y);
  EXPECT_THAT(y, ElementsAre(1, 3, 7, 8));
  average_pool(x, {3, 3}, window, {2, 2}, y);
  EXPECT_THAT(y, ElementsAre(1, 2.5, 5.5, 2.5));
  window.count_include_pad = true;
  average_pool(x, {3, 3}, window, {2, 2}, y);
  EXPECT_THAT(y, ElementsAre(0.25, 1.25, 2.75, 2.5));
  const PoolWindow wide{.kernel = {2, 2}, .stride = {1, 1}, .dilation = {2, 2}};
  std::vector<float> one(1);
  max_pool(x, {3, 3}, wide, {1, 1}, one);
  EXPECT_THAT(one, ElementsAre(7));
  // All below zero: padding must not win.
  max_pool(std::vector<float>{-1}, {1, 1}, {.kernel = {2, 2}, .stride = {1, 1}, .dilation = {1, 1}, .pad_begin = {1, 1}}, {1, 1}, one);
  EXPECT_THAT(one, ElementsAre(-1));
}

TEST(DigitalReduction, SoftmaxOfLargeNumbersAndStrides) {
  std::vector<float> x{1000, 5, 1000, 6}, y(4, -1);
  softmax(x, 2, 2, y);
  EXPECT_THAT(y, ElementsAre(0.5, -1, 0.5, -1));
}

TEST(DigitalReduction, Means) {
  const std::vector<float> x{1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<float> all(1);
  reduce(Reduction::mean, x, 1, 8, 1, all);
  EXPECT_EQ(all[0], 4.5F);
  std::vector<float> y(4);
  reduce(Reduction::mean, x, 2, 2, 2, y);
  EXPECT_THAT(y, ElementsAre(2, 3, 6, 7));
  std::vector<float> z(8);
  scale_shift(x, std::vector<float>{2, 3}, std::vector<float>{1, -1}, 4, z);
  EXPECT_THAT(z, ElementsAre(3, 5, 7, 9, 14, 17, 20, 23));
}

TEST(DigitalReduction, OfNothingAndOfWhatIsNoNumber) {
  std::vector<float> one(1);
  for (const auto& [reduction, expected] :
       {std::pair{Reduction::sum, 0.0F}, {Reduction::product, 1.0F}, {Reduction::log_sum_of_exponentials, 0.0F}}) {
    reduce(reduction, {}, 1, 0, 1, one);
    EXPECT_EQ(one[0], expected);
  }
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const auto reduction : {Reduction::mean, Reduction::maximum, Reduction::minimum, Reduction::l1, Reduction::l2, Reduction::product,
                               Reduction::sum_of_squares, Reduction::log_sum, Reduction::log_sum_of_exponentials}) {
    reduce(reduction, std::vector<float>{1, nan, 2}, 1, 3, 1, one);
    EXPECT_NE(one[0], one[0]);
  }
}

TEST(DigitalFunctions, SineAndCosineOverTheWholeRange) {
  std::vector<float> x, s, c;
  for (double v = 1e-30; v < 0x1p50; v *= 1.37) {
    x.push_back(static_cast<float>(v));
    x.push_back(static_cast<float>(-v));
  }
  for (int k = 0; k < 4000; ++k) x.push_back(static_cast<float>(k) * 0.785398F);
  s.resize(x.size());
  c.resize(x.size());
  apply(Function::sine, 0, 0, x, s);
  apply(Function::cosine, 0, 0, x, c);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double exact = x[i];
    EXPECT_NEAR(s[i], std::sin(exact), 1e-7 * std::abs(std::sin(exact))) << x[i];
    EXPECT_NEAR(c[i], std::cos(exact), 1e-7 * std::abs(std::cos(exact))) << x[i];
  }
  for (const float far : {1e30F, std::numeric_limits<float>::infinity()}) {
    apply(Function::sine, 0, 0, std::vector<float>{far}, std::span(s).first(1));
    EXPECT_TRUE(far < 1e31F ? std::abs(s[0]) <= 1.0F : s[0] != s[0]);
  }
}

TEST(DigitalLines, WhatIsNoNumberStaysOne) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> x{1, nan, 3};
  std::vector<float> y(3), one(1);
  const Lines line{1, 3, 1};
  cumulative_sum(line, false, false, x, y);
  EXPECT_TRUE(y[0] == 1 && y[1] != y[1] && y[2] != y[2]);
  extreme_index(line, true, false, x, one);
  EXPECT_NE(one[0], one[0]);
  top_k(line, 3, false, true, x, y);
  EXPECT_THAT(y, ElementsAre(1, 0, 2));
  hardmax(line, x, y);
  EXPECT_TRUE(std::ranges::any_of(y, [](float v) { return v != v; }));
  local_response({1, 1, 1}, 1, -2.0F, 0.5F, 1.0F, std::vector<float>{1}, one);
  EXPECT_NE(one[0], one[0]);
}

TEST(DigitalLines, StrideAndTaps) {
  const std::vector<float> x{1, 10, 2, 20, 3, 30};  // two lines of three, interleaved
  std::vector<float> y(4);
  interpolate({1, 3, 2}, std::vector<std::int64_t>{0, 1, 2, 2}, std::vector<float>{0.5F, 0.5F, 1, 1}, 2, x, y);
  EXPECT_THAT(y, ElementsAre(1.5, 15, 6, 60));
  EXPECT_THROW(interpolate({1, 3, 2}, std::vector<std::int64_t>{0}, std::vector<float>{1, 2}, 1, x, y), std::logic_error);
  EXPECT_THROW(top_k({1, 3, 2}, 4, true, false, x, y), std::logic_error);
  EXPECT_THROW(cumulative_sum({1, 3, 2}, false, false, x, y), std::logic_error);
}

}  // namespace
}  // namespace mho::periphery::digital
