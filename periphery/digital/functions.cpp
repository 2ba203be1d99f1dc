#include "periphery/digital/functions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include "base/elementary.h"
#include "periphery/digital/elementary.h"

namespace mho::periphery::digital {

namespace {

double logarithm(double x) {
  if (x < 0.0) return std::numeric_limits<double>::quiet_NaN();
  return x == 0.0 ? -std::numeric_limits<double>::infinity() : base::logarithm(x);
}

/// The error function by its Taylor series up to 3, by the continued fraction of its complement beyond; slow.
double erf_by_series(double x) {
  constexpr double series_ends = 3.0;
  if (x < series_ends) {
    double term = x;
    double sum = x;
    constexpr int terms = 60;
    for (int n = 1; n < terms; ++n) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2.0 * std::numbers::inv_sqrtpi * sum;
  }
  constexpr int levels = 60;
  double fraction = 0.0;
  for (int n = levels; n > 0; --n) fraction = 0.5 * n / (x + fraction);
  return 1.0 - base::exponential(-x * x) * std::numbers::inv_sqrtpi / (x + fraction);
}

/// The error function around the nearest of evenly spaced points, by its first seven derivatives there: the k-th is g = 2 / sqrt(pi) exp(-x^2) times
/// a Hermite polynomial, H_1 = 1, H_2 = -2x, H_(k+1) = -2x H_k - 2(k - 1) H_(k-1). Half a step of 1/32 leaves an error below 1e-14.
class ErfTable {
 public:
  ErfTable() {
    for (std::size_t k = 0; k < coefficients_.size(); ++k) {
      const double x = static_cast<double>(k) / steps_per_unit;
      const double g = 2.0 * std::numbers::inv_sqrtpi * base::exponential(-x * x);
      double before = 0.0, hermite = 1.0, factorial = 1.0;
      coefficients_[k][0] = erf_by_series(x);
      for (std::size_t order = 1; order <= highest; ++order) {
        factorial *= static_cast<double>(order);
        coefficients_[k][order] = g * hermite / factorial;
        const double next = -2.0 * x * hermite - 2.0 * static_cast<double>(order - 1) * before;
        before = hermite;
        hermite = next;
      }
    }
  }
  [[nodiscard]] double operator()(double x) const {
    const double a = std::abs(x);
    if (!(a < one_from)) return std::copysign(1.0, x);
    const auto k = static_cast<std::size_t>(std::floor(a * steps_per_unit + 0.5));
    const double d = a - static_cast<double>(k) / steps_per_unit;
    const auto& c = coefficients_[k];
    double sum = c[highest];
    for (std::size_t order = highest; order-- > 0;) sum = sum * d + c[order];
    return std::copysign(sum, x);
  }

 private:
  static constexpr double one_from = 6.0, steps_per_unit = 32.0;
  static constexpr std::size_t highest = 7;
  std::array<std::array<double, highest + 1>, 193> coefficients_{};
};

double erf(double x) {
  static const ErfTable table;
  return table(x);
}

/// sin(x + quarters pi / 2).
double sine(double x, int quarters) {
  if (std::abs(x) == std::numeric_limits<double>::infinity()) return std::numeric_limits<double>::quiet_NaN();
  // pi / 2 in two parts; a float minus whole multiples of the first is exact in a fused operation.
  constexpr double half_pi = 1.5707963267948966;
  constexpr double half_pi_rest = 6.123233995736766e-17;
  constexpr double reducible = 0x1p50;
  if (std::abs(x) > reducible) x = std::fmod(x, 4.0 * half_pi);
  const double k = std::nearbyint(x / half_pi);
  const double r = std::fma(-k, half_pi_rest, std::fma(-k, half_pi, x));
  const int quadrant = (static_cast<int>(std::fmod(k, 4.0)) + 4 + quarters) % 4;
  // Taylor series around 0; |r| is at most pi / 4.
  const bool even = quadrant % 2 == 1;
  double term = even ? 1.0 : r;
  double sum = term;
  constexpr int last = 19;
  for (int n = even ? 2 : 3; n <= last; n += 2) {
    term *= -r * r / (n * (n - 1));
    sum += term;
  }
  return quadrant < 2 ? sum : -sum;
}

double softplus(double x) { return std::max(x, 0.0) + base::logarithm(1.0 + base::exponential(-std::abs(x))); }

/// The functions that are activations.
[[gnu::always_inline]] inline double activation(Function function, double alpha, double beta, double x) {
  switch (function) {
    case Function::gelu:
      return 0.5 * x * (1.0 + erf(x / std::numbers::sqrt2));
    case Function::gelu_tanh:
      return 0.5 * x * (1.0 + hyperbolic_tangent(std::numbers::sqrt2 * std::numbers::inv_sqrtpi * (x + 0.044715 * x * x * x)));
    case Function::leaky_relu:
      return x < 0.0 ? alpha * x : x;
    case Function::elu:
      return x < 0.0 ? alpha * (base::exponential(x) - 1.0) : x;
    case Function::selu:
      return beta * (x < 0.0 ? alpha * (base::exponential(x) - 1.0) : x);
    case Function::hard_sigmoid:
      return std::max(0.0, std::min(1.0, alpha * x + beta));
    case Function::hard_swish:
      return x * std::max(0.0, std::min(1.0, x / 6.0 + 0.5));
    case Function::mish:
      return x * hyperbolic_tangent(softplus(x));
    case Function::softplus:
      return softplus(x);
    case Function::softsign:
      return x / (1.0 + std::abs(x));
    case Function::relu:
      return x > 0.0 ? x : 0.0;
    case Function::sigmoid:
      return 1.0 / (1.0 + base::exponential(-x));
    case Function::tanh:
      return hyperbolic_tangent(x);
    case Function::affine:
      return alpha * x + beta;
    case Function::scaled_tanh:
      return alpha * hyperbolic_tangent(beta * x);
    case Function::celu:
      return x < 0.0 ? alpha * (base::exponential(x / alpha) - 1.0) : x;
    case Function::thresholded_relu:
      return x > alpha ? x : 0.0;
    default:
      throw std::logic_error("digital::apply: not an activation");
  }
}

double circular(Function function, double x) {
  if (function == Function::tangent) return sine(x, 0) / sine(x, 1);
  return sine(x, function == Function::sine ? 0 : 1);
}

/// One function of one number. The switch has no default, so that the compiler reports a function without a case.
[[gnu::always_inline]] inline double value(Function function, double alpha, double beta, double x) {
  switch (function) {
    case Function::abs:
      return std::abs(x);
    case Function::negative:
      return -x;
    case Function::exponential:
      return base::exponential(x);
    case Function::logarithm:
      return logarithm(x);
    case Function::square_root:
      return std::sqrt(x);
    case Function::reciprocal:
      return 1.0 / x;
    case Function::erf:
      return erf(x);
    case Function::negation:
      return x == 0.0 ? 1.0 : 0.0;
    case Function::floor:
      return std::floor(x);
    case Function::ceil:
      return std::ceil(x);
    case Function::round:
      return std::nearbyint(x);
    case Function::truncate:
      return std::trunc(x);
    case Function::truth:
      return x == 0.0 ? 0.0 : 1.0;
    case Function::sign:
      return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0;
    case Function::sine:
    case Function::cosine:
    case Function::tangent:
      return circular(function, x);
    case Function::is_nan:
      return 0.0;
    case Function::is_infinite:
      return std::isinf(x) && (x > 0.0 ? alpha : beta) != 0.0 ? 1.0 : 0.0;
    case Function::gelu:
    case Function::gelu_tanh:
    case Function::leaky_relu:
    case Function::elu:
    case Function::selu:
    case Function::hard_sigmoid:
    case Function::hard_swish:
    case Function::mish:
    case Function::softplus:
    case Function::softsign:
    case Function::relu:
    case Function::sigmoid:
    case Function::tanh:
    case Function::affine:
    case Function::scaled_tanh:
    case Function::celu:
    case Function::thresholded_relu:
      return activation(function, alpha, beta, x);
  }
  throw std::logic_error("digital::apply: unknown function");
}

template <Function function>
void apply_one(double alpha, double beta, std::span<const float> x, std::span<float> y) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float result = static_cast<float>(value(function, alpha, beta, static_cast<double>(x[i])));
    y[i] = x[i] == x[i] ? result : x[i];
  }
}

}  // namespace

void apply(Function function, float alpha, float beta, std::span<const float> x, std::span<float> y) {
  if (x.size() != y.size()) throw std::logic_error("digital operator: sizes of operands and result disagree");
  // For frequent functions the choice is made outside the loop.
  switch (function) {
    case Function::sigmoid:
      return apply_one<Function::sigmoid>(alpha, beta, x, y);
    case Function::tanh:
      return apply_one<Function::tanh>(alpha, beta, x, y);
    case Function::gelu:
      return apply_one<Function::gelu>(alpha, beta, x, y);
    case Function::erf:
      return apply_one<Function::erf>(alpha, beta, x, y);
    case Function::exponential:
      return apply_one<Function::exponential>(alpha, beta, x, y);
    case Function::is_nan:
      std::ranges::transform(x, y.begin(), [](float number) { return number == number ? 0.0F : 1.0F; });
      return;
    case Function::is_infinite:
      std::ranges::transform(x, y.begin(), [&](float number) {
        return number == number ? static_cast<float>(value(function, static_cast<double>(alpha), static_cast<double>(beta), number)) : 0.0F;
      });
      return;
    default:
      break;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    y[i] =
        x[i] == x[i] ? static_cast<float>(value(function, static_cast<double>(alpha), static_cast<double>(beta), static_cast<double>(x[i]))) : x[i];
  }
}

float power(float x, float y) {
  if (x != x || y != y) return std::numeric_limits<float>::quiet_NaN();
  const double root = x;
  const double exponent = y;
  constexpr double by_multiplication = 64.0;  // whole exponents up to this one
  const double whole = std::floor(exponent);
  if (whole == exponent && std::abs(exponent) <= by_multiplication) {
    double product = 1.0;
    for (int k = 0; k < static_cast<int>(std::abs(exponent)); ++k) product *= root;
    return static_cast<float>(exponent < 0.0 ? 1.0 / product : product);
  }
  if (exponent == 0.5) return std::sqrt(x);
  if (root == 0.0) return exponent > 0.0 ? 0.0F : std::numeric_limits<float>::infinity();
  const double magnitude = base::exponential(exponent * base::logarithm(std::abs(root)));
  if (root > 0.0) return static_cast<float>(magnitude);
  if (whole != exponent) return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(std::fmod(whole, 2.0) == 0.0 ? magnitude : -magnitude);
}

}  // namespace mho::periphery::digital
