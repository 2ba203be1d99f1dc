#include "base/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <stdexcept>

namespace mho::base {
namespace {

constexpr double pi = 3.14159265358979323846;

// Closed forms exist for one and two degrees of freedom.
TEST(StudentT, AgreesWithItsClosedForms) {
  for (const double p : {0.6, 0.9, 0.975, 0.995}) {
    EXPECT_NEAR(student_t_quantile(1, p), std::tan(pi * (p - 0.5)), 1e-12 * std::tan(pi * (p - 0.5)));
    const double u = 2 * p - 1;
    EXPECT_NEAR(student_t_quantile(2, p), u * std::sqrt(2 / (1 - u * u)), 1e-12 * student_t_quantile(2, p));
  }
}

// The distribution function of three degrees of freedom is elementary: 1/2 + (atan(x) + x / (1 + x^2)) / pi with x = t / sqrt(3).
TEST(StudentT, OfThreeDegreesIsTheInverseOfItsDistribution) {
  const double x = student_t_quantile(3, 0.975) / std::sqrt(3.0);
  EXPECT_NEAR(0.5 + (std::atan(x) + x / (1 + x * x)) / pi, 0.975, 1e-14);
}

// As printed in tables of the distribution, two-sided 95 %.
TEST(StudentT, AgreesWithPrintedTables) {
  const std::map<int, double> table{{1, 12.706}, {2, 4.303}, {3, 3.182}, {4, 2.776}, {9, 2.262}, {29, 2.045}, {1000, 1.962}};
  for (const auto& [degrees, t] : table) EXPECT_NEAR(student_t_quantile(degrees, 0.975), t, 5e-4) << degrees;
}

TEST(StudentT, TendsToTheNormalDistribution) {
  EXPECT_NEAR(0.5 * std::erfc(-student_t_quantile(1e12, 0.975) / std::sqrt(2.0)), 0.975, 1e-10);
  EXPECT_NEAR(student_t_quantile(9, 0.025), -student_t_quantile(9, 0.975), 1e-12);
}

TEST(StudentT, TheReachOfAMeanFollowsItsSamples) {
  EXPECT_DOUBLE_EQ(confidence_95(4), student_t_quantile(3, 0.975));
  EXPECT_THROW(confidence_95(1), std::logic_error);
  EXPECT_THROW(student_t_quantile(0, 0.5), std::logic_error);
  EXPECT_THROW(student_t_quantile(3, 1), std::logic_error);
}

// Sums of the terms of the distribution, each from the one before.
TEST(Binomial, IsTheSumOfItsTerms) {
  for (const int trials : {1, 7, 50, 400}) {
    for (const double p : {0.001, 0.02, 0.3, 0.9}) {
      long double term = std::pow(1.0L - static_cast<long double>(p), trials), sum = 0;
      for (int k = 0; k <= trials; ++k) {
        sum += term;
        EXPECT_NEAR(binomial_at_most(k, trials, p), static_cast<double>(sum), 1e-12) << trials << ' ' << p << ' ' << k;
        term *= static_cast<long double>(p) / (1.0L - static_cast<long double>(p)) * (trials - k) / (k + 1);
      }
    }
  }
}

TEST(Binomial, AtItsEnds) {
  EXPECT_EQ(binomial_at_most(0, 10, 0), 1);
  EXPECT_EQ(binomial_at_most(9, 10, 1), 0);
  EXPECT_EQ(binomial_at_most(10, 10, 1), 1);
  EXPECT_EQ(binomial_at_most(-1, 10, 0.5), 0);
  EXPECT_EQ(binomial_at_most(0, 0, 0.5), 1);
  EXPECT_THROW(binomial_at_most(0, 10, 1.5), std::logic_error);
  EXPECT_THROW(binomial_at_most(0, -1, 0.5), std::logic_error);
}

}  // namespace
}  // namespace mho::base
