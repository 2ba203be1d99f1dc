#include "base/elementary.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <bit>
#include <cmath>
#include <vector>

#include "base/vector_math.h"

namespace mho::base {
namespace {

TEST(Elementary, AgreesWithTheCLibrary) {
  for (double x = -30; x < 30; x += 0.0137) EXPECT_NEAR(exponential(x) / std::exp(x), 1.0, 1e-13) << x;
  for (double x = 1e-12; x < 1e12; x *= 1.037) EXPECT_NEAR(logarithm(x), std::log(x), 1e-13 + 1e-14 * std::abs(std::log(x))) << x;
  EXPECT_DOUBLE_EQ(logarithm(1.0), 0.0);
  EXPECT_DOUBLE_EQ(exponential(0.0), 1.0);
  EXPECT_TRUE(std::isnan(exponential(std::nan(""))));
}

std::vector<float> arguments(float first, float factor, float step, std::size_t count) {
  std::vector<float> values{first};
  while (values.size() < count) values.push_back(values.back() * factor + step);
  return values;
}

TEST(VectorMath, AgreesWithTheCLibrary) {
  const auto x = arguments(-86.9F, 1.0F, 0.0237F, 7001);
  auto y = x;
  exponentials(y);
  for (std::size_t k = 0; k < x.size(); ++k) {
    EXPECT_NEAR(static_cast<double>(y[k]) / std::exp(static_cast<double>(x[k])), 1.0, 3e-7) << x[k];
  }
  const auto a = arguments(1.3e-38F, 1.0237F, 0.0F, 7001);
  y = a;
  logarithms(y);
  for (std::size_t k = 0; k < a.size() && std::isfinite(a[k]); ++k) {
    const double exact = std::log(static_cast<double>(a[k]));
    EXPECT_NEAR(static_cast<double>(y[k]), exact, 2e-7 * std::max(1.0, std::abs(exact))) << a[k];
  }
}

TEST(VectorMath, EndsOfTheRange) {
  std::vector<float> y{0.0F, -100.0F, 1000.0F, std::nanf("")};
  exponentials(y);
  EXPECT_EQ(y[0], 1.0F);
  EXPECT_EQ(y[1], 0.0F);
  EXPECT_GT(y[2], 1e38F);
  EXPECT_TRUE(std::isnan(y[3]));
  y = {1.0F, 0.0F, -3.0F};
  logarithms(y);
  EXPECT_EQ(y[0], 0.0F);
  EXPECT_EQ(y[1], y[2]);
  EXPECT_NEAR(y[1], -87.3F, 0.1F);
}

class VectorMathTargets : public testing::TestWithParam<std::int64_t> {
 protected:
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }
};

TEST_P(VectorMathTargets, TheSameBits) {
  auto exponent = arguments(-90.0F, 1.0F, 0.031F, 5003);
  auto logarithm = arguments(1e-30F, 1.03F, 0.0F, 4003);
  auto other_exponent = exponent;
  auto other_logarithm = logarithm;
  exponentials(exponent);
  logarithms(logarithm);
  hwy::SetSupportedTargetsForTest(GetParam());
  exponentials(other_exponent);
  logarithms(other_logarithm);
  for (std::size_t k = 0; k < exponent.size(); ++k) {
    ASSERT_EQ(std::bit_cast<std::uint32_t>(exponent[k]), std::bit_cast<std::uint32_t>(other_exponent[k])) << k;
  }
  for (std::size_t k = 0; k < logarithm.size(); ++k) {
    ASSERT_EQ(std::bit_cast<std::uint32_t>(logarithm[k]), std::bit_cast<std::uint32_t>(other_logarithm[k])) << k;
  }
}

INSTANTIATE_TEST_SUITE_P(All, VectorMathTargets, testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const testing::TestParamInfo<std::int64_t>& test) { return std::string(hwy::TargetName(test.param)); });

}  // namespace
}  // namespace mho::base
