#include "periphery/digital/reduction.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "base/elementary.h"

namespace mho::periphery::digital {

void softmax(std::span<const float> x, std::size_t count, std::size_t stride, std::span<float> y) {
  if (count == 0) return;
  if (x.size() < (count - 1) * stride + 1 || y.size() < (count - 1) * stride + 1) throw std::logic_error("softmax: row beyond its tensor");
  float largest = x[0];
  for (std::size_t i = 1; i < count; ++i) largest = x[i * stride] > largest ? x[i * stride] : largest;
  thread_local std::vector<double> buffer;
  buffer.resize(count);
  double* const powers = buffer.data();
  for (std::size_t i = 0; i < count; ++i) powers[i] = static_cast<double>(x[i * stride]) - static_cast<double>(largest);
  for (std::size_t i = 0; i < count; ++i) {
    const double e = base::exponential(powers[i]);
    // NaN passes on instead of turning into a number.
    powers[i] = powers[i] == powers[i] ? e : powers[i];
  }
  double sum = 0.0;
  for (std::size_t i = 0; i < count; ++i) sum += powers[i];
  for (std::size_t i = 0; i < count; ++i) y[i * stride] = static_cast<float>(static_cast<double>(static_cast<float>(powers[i])) / sum);
}

void log_softmax(std::span<const float> x, std::size_t count, std::size_t stride, std::span<float> y) {
  if (count == 0) return;
  if (x.size() < (count - 1) * stride + 1 || y.size() < (count - 1) * stride + 1) throw std::logic_error("log_softmax: row beyond its tensor");
  double largest = static_cast<double>(x[0]);
  for (std::size_t i = 1; i < count; ++i) largest = std::max(largest, static_cast<double>(x[i * stride]));
  double sum = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double difference = static_cast<double>(x[i * stride]) - largest;
    sum += difference == difference ? base::exponential(difference) : difference;
  }
  const double logarithm = sum == sum ? base::logarithm(sum) : sum;
  for (std::size_t i = 0; i < count; ++i) y[i * stride] = static_cast<float>(static_cast<double>(x[i * stride]) - largest - logarithm);
}

namespace {

/// The term of one element in the sum.
double term(Reduction reduction, double v) {
  switch (reduction) {
    case Reduction::l2:
    case Reduction::sum_of_squares:
      return v * v;
    case Reduction::l1:
      return std::abs(v);
    default:
      return v;
  }
}

double combined(Reduction reduction, double result, double v) {
  switch (reduction) {
    case Reduction::maximum:
      return v > result || v != v ? v : result;
    case Reduction::minimum:
      return v < result || v != v ? v : result;
    case Reduction::product:
      return result * v;
    default:
      return result + v;
  }
}

double log_of_sum(double sum) {
  if (sum == 0.0) return -std::numeric_limits<double>::infinity();
  return sum > 0.0 ? base::logarithm(sum) : std::numeric_limits<double>::quiet_NaN();
}

double finished(Reduction reduction, double result, std::size_t count) {
  switch (reduction) {
    case Reduction::mean:
      return result / static_cast<double>(count);
    case Reduction::l2:
      return std::sqrt(result);
    case Reduction::log_sum:
      return log_of_sum(result);
    default:
      return result;
  }
}

}  // namespace

void reduce(Reduction reduction, std::span<const float> x, std::size_t outer, std::size_t middle, std::size_t inner, std::span<float> y) {
  if (x.size() != outer * middle * inner || y.size() != outer * inner) throw std::logic_error("reduce: sizes disagree");
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < inner; ++i) {
      float& made = y[o * inner + i];
      if (middle == 0) {
        made = reduction == Reduction::product ? 1.0F : 0.0F;
        continue;
      }
      const auto over = [&](Reduction kind, auto at) {
        double result = term(kind, at(0));
        for (std::size_t m = 1; m < middle; ++m) result = combined(kind, result, term(kind, at(m)));
        return finished(kind, result, middle);
      };
      const auto at = [&](std::size_t m) { return static_cast<double>(x[(o * middle + m) * inner + i]); };
      if (reduction != Reduction::log_sum_of_exponentials) {
        made = static_cast<float>(over(reduction, at));
        continue;
      }
      // Exponentials are relative to the largest element, so that none overflows.
      const double largest = over(Reduction::maximum, at);
      if (!(std::abs(largest) < std::numeric_limits<double>::infinity())) {
        made = static_cast<float>(largest);
        continue;
      }
      made = static_cast<float>(largest + over(Reduction::log_sum, [&](std::size_t m) { return base::exponential(at(m) - largest); }));
    }
  }
}

void normalise(std::span<const float> x, float epsilon, std::span<const float> scale, std::span<const float> shift, std::span<float> y) {
  const auto fits = [&](std::span<const float> values) { return values.size() == 1 || values.size() == x.size(); };
  if (x.size() != y.size() || !fits(scale) || !fits(shift)) throw std::logic_error("normalise: sizes disagree");
  double sum = 0.0;
  for (const float v : x) sum += static_cast<double>(v);
  const double mean = sum / static_cast<double>(x.size());
  double square = 0.0;
  for (const float v : x) square += (static_cast<double>(v) - mean) * (static_cast<double>(v) - mean);
  const double factor = 1.0 / std::sqrt(square / static_cast<double>(x.size()) + static_cast<double>(epsilon));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto s = static_cast<double>(scale[scale.size() == 1 ? 0 : i]);
    const auto t = static_cast<double>(shift[shift.size() == 1 ? 0 : i]);
    y[i] = static_cast<float>((static_cast<double>(x[i]) - mean) * factor * s + t);
  }
}

}  // namespace mho::periphery::digital
