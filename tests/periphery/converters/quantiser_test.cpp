#include "periphery/converters/quantiser.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <vector>

#include "periphery/converters/adc.h"

namespace mho::periphery {
namespace {

float between(int numerator, float limit) { return limit * static_cast<float>(numerator) * 1e-6F; }
rc::Gen<int> millionths() { return rc::gen::inRange(-2000000, 2000001); }
rc::Gen<int> widths() { return rc::gen::inRange(2, 17); }
rc::Gen<int> bounds() { return rc::gen::inRange(1, 1000); }

RC_GTEST_PROP(Quantiser, IsMonotone, ()) {
  const Quantiser grid(*widths(), static_cast<float>(*bounds()));
  const float limit = grid.limit() / grid.codes_per_unit();
  const float a = between(*millionths(), limit);
  const float b = between(*millionths(), limit);
  RC_ASSERT((a <= b) == (grid(a) <= grid(b)) || grid(a) == grid(b));
}

RC_GTEST_PROP(Quantiser, IsIdempotent, ()) {
  const Quantiser grid(*widths(), static_cast<float>(*bounds()));
  const float once = grid(between(*millionths(), grid.limit() / grid.codes_per_unit()));
  RC_ASSERT(grid(once) == once);
}

RC_GTEST_PROP(Quantiser, IsSymmetric, ()) {
  const Quantiser grid(*widths(), static_cast<float>(*bounds()));
  const float v = between(*millionths(), grid.limit() / grid.codes_per_unit());
  RC_ASSERT(grid(-v) == -grid(v));
}

RC_GTEST_PROP(Quantiser, IsBoundedAndNoFurtherThanHalfAStep, ()) {
  const auto bound = static_cast<float>(*bounds());
  const Quantiser grid(*widths(), bound);
  const float v = between(*millionths(), bound);
  RC_ASSERT(std::abs(grid(v)) <= bound * (1 + 1e-6F));
  const float step = 1.0F / grid.codes_per_unit();
  if (std::abs(v) <= bound) RC_ASSERT(std::abs(grid(v) - v) <= 0.5F * step * (1 + 1e-4F) + 1e-6F * bound);
}

TEST(Quantiser, HalfGoesToEven) {
  const Quantiser grid(4, 7.0F);  // steps of 1
  EXPECT_EQ(grid(0.5F), 0.0F);
  EXPECT_EQ(grid(1.5F), 2.0F);
  EXPECT_EQ(grid(2.5F), 2.0F);
  EXPECT_EQ(grid(-2.5F), -2.0F);
  EXPECT_EQ(grid(6.5F), 6.0F);
  EXPECT_EQ(grid(100.0F), 7.0F);
}

TEST(Quantiser, StochasticRoundingHasTheMeanOfItsInput) {
  const Quantiser grid(4, 7.0F);
  constexpr int draws = 1000;
  std::vector<float> values(draws, 2.3F), dither(draws);
  for (int k = 0; k < draws; ++k) dither[static_cast<std::size_t>(k)] = (static_cast<float>(k) + 0.5F) / draws;
  grid.apply(values, dither);
  int up = 0;
  for (const float v : values) {
    EXPECT_TRUE(v == 2.0F || v == 3.0F);
    up += v == 3.0F ? 1 : 0;
  }
  EXPECT_NEAR(up, 300, 1);
}

AdcParameters converter(int bits, double bound) {
  AdcParameters p;
  p.bits = bits;
  p.bound = bound;
  return p;
}

/// Static draws that follow a list, the same for every property.
StaticDraws listed(std::vector<float> list) {
  const auto fill = [list](int, std::span<float> out) {
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = list[k % list.size()];
  };
  return {fill, fill};
}

TEST(Adc, IdealHasNeitherStepsNorBound) {
  AdcParameters p;
  std::vector<float> y{0.123F, -99.0F};
  EXPECT_EQ(Adc(p, 2, listed({0})).convert(y, {}), 0U);
  EXPECT_EQ(y, (std::vector<float>{0.123F, -99.0F}));
  p.bound = 10;
  EXPECT_EQ(Adc(p, 2, listed({0})).convert(y, {}), 1U);
  EXPECT_EQ(y, (std::vector<float>{0.123F, -10.0F}));
}

TEST(Adc, ColumnsOfOneConverterShareItsGainAndOffset) {
  auto p = converter(16, 10);
  p.mux = 2;
  p.gain_spread = 0.1;
  p.calibration = 0.5;
  std::vector<float> y{1, 1, 1, 1};
  Adc(p, 4, listed({1.0F, -2.0F})).convert(y, {});
  EXPECT_NEAR(y[0], 1.05F, 1e-3F);
  EXPECT_EQ(y[0], y[1]);
  EXPECT_NEAR(y[2], 0.90F, 1e-3F);
  EXPECT_EQ(y[2], y[3]);
  p.gain_spread = 0;
  p.offset_spread = 0.2;
  y = {1, 1, 1, 1};
  Adc(p, 4, listed({1.0F, -2.0F})).convert(y, {});
  EXPECT_NEAR(y[0], 1.1F, 1e-3F);
  EXPECT_NEAR(y[2], 0.8F, 1e-3F);
}

TEST(Adc, BowReachesItsPeakAndVanishesAtTheEnds) {
  auto p = converter(8, 127);  // steps of 1
  p.inl = 3;
  std::vector<float> y{0, 127, -127, 127 / std::sqrt(3.0F), -127 / std::sqrt(3.0F)};
  const float top = std::round(127 / std::sqrt(3.0F) + 3);
  Adc(p, 5, listed({0})).convert(y, {});
  EXPECT_EQ(y, (std::vector<float>{0, 127, -127, top, -top}));
}

TEST(Adc, ThresholdsMove) {
  auto p = converter(4, 7);  // steps of 1
  p.dnl = 0.2;
  // Every threshold lies 0.2 steps higher: 0.5 + 0.2.
  std::vector<float> y{0.65F, 0.75F, 6.69F, 6.71F};
  Adc(p, 4, listed({1.0F})).convert(y, {});
  EXPECT_EQ(y, (std::vector<float>{0, 1, 6, 7}));
}

TEST(Adc, DeadCodesGiveTheNextLivingOneBelow) {
  auto p = converter(3, 3);  // codes -3 .. 3
  p.dead_codes = 0.5;
  p.mux = 7;
  // Lots by code from -3: those below 0.5 are dead, but the lowest always lives.
  std::vector<float> y{-3, -2, -1, 0, 1, 2, 3};
  Adc(p, 7, listed({0.1F, 0.9F, 0.1F, 0.1F, 0.9F, 0.9F, 0.2F})).convert(y, {});
  EXPECT_EQ(y, (std::vector<float>{-3, -2, -2, -2, 1, 2, 2}));
}

}  // namespace
}  // namespace mho::periphery
