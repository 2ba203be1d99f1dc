#include "periphery/digital/reduction.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/elementary.h"

namespace mho::periphery::digital {

void softmax(std::span<const float> x, std::size_t count, std::size_t stride, std::span<float> y) {
  if (count == 0) return;
  if (x.size() < (count - 1) * stride + 1 || y.size() < (count - 1) * stride + 1) throw std::logic_error("softmax: row beyond its tensor");
  float largest = x[0];
  for (std::size_t i = 1; i < count; ++i) largest = x[i * stride] > largest ? x[i * stride] : largest;
  double sum = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double difference = static_cast<double>(x[i * stride]) - static_cast<double>(largest);
    // NaN passes on instead of turning into a number.
    const double e = difference == difference ? base::exponential(difference) : difference;
    sum += e;
    y[i * stride] = static_cast<float>(e);
  }
  for (std::size_t i = 0; i < count; ++i) y[i * stride] = static_cast<float>(static_cast<double>(y[i * stride]) / sum);
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

void reduce(Reduction reduction, std::span<const float> x, std::size_t outer, std::size_t middle, std::size_t inner, std::span<float> y) {
  if (x.size() != outer * middle * inner || y.size() != outer * inner) throw std::logic_error("reduce: sizes disagree");
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < inner; ++i) {
      const auto at = [&](std::size_t m) { return static_cast<double>(x[(o * middle + m) * inner + i]); };
      double result = middle == 0 ? 0.0 : at(0);
      if (reduction == Reduction::l2) result *= result;
      for (std::size_t m = 1; m < middle; ++m) {
        const double v = at(m);
        switch (reduction) {
          case Reduction::mean:
          case Reduction::sum:
            result += v;
            break;
          case Reduction::maximum:
            result = v > result || v != v ? v : result;
            break;
          case Reduction::minimum:
            result = v < result || v != v ? v : result;
            break;
          case Reduction::l2:
            result += v * v;
        }
      }
      if (reduction == Reduction::mean && middle > 0) result /= static_cast<double>(middle);
      y[o * inner + i] = static_cast<float>(reduction == Reduction::l2 ? std::sqrt(result) : result);
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
