#include "periphery/digital/reduction.h"

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

float mean(std::span<const float> x) {
  if (x.empty()) return 0.0F;
  double sum = 0.0;
  for (const float v : x) sum += v;
  return static_cast<float>(sum / static_cast<double>(x.size()));
}

void mean_over(std::span<const float> x, std::size_t outer, std::size_t middle, std::size_t inner, std::span<float> y) {
  if (x.size() != outer * middle * inner || y.size() != outer * inner) throw std::logic_error("mean_over: sizes disagree");
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < inner; ++i) {
      double sum = 0.0;
      for (std::size_t m = 0; m < middle; ++m) sum += x[(o * middle + m) * inner + i];
      y[o * inner + i] = middle == 0 ? 0.0F : static_cast<float>(sum / static_cast<double>(middle));
    }
  }
}

}  // namespace mho::periphery::digital
