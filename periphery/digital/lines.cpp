#include "periphery/digital/lines.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "base/elementary.h"

namespace mho::periphery::digital {

namespace {

/// Calls body(x, y) for each line; x and y map an index on the line to its element. Lines of y have `made` elements.
template <typename Body>
void each(Lines lines, std::size_t made, std::span<const float> x, std::span<float> y, Body body) {
  if (x.size() != lines.outer * lines.count * lines.inner || y.size() != lines.outer * made * lines.inner) {
    throw std::logic_error("digital operator along lines: sizes disagree");
  }
  for (std::size_t o = 0; o < lines.outer; ++o) {
    for (std::size_t i = 0; i < lines.inner; ++i) {
      body([&, o, i](std::size_t k) { return x[(o * lines.count + k) * lines.inner + i]; },
           [&, o, i](std::size_t k) -> float& { return y[(o * made + k) * lines.inner + i]; });
    }
  }
}

}  // namespace

void cumulative_sum(Lines lines, bool exclusive, bool reverse, std::span<const float> x, std::span<float> y) {
  each(lines, lines.count, x, y, [&](auto from, auto to) {
    double sum = 0.0;
    for (std::size_t k = 0; k < lines.count; ++k) {
      const std::size_t at = reverse ? lines.count - 1 - k : k;
      const double before = sum;
      sum += static_cast<double>(from(at));
      to(at) = static_cast<float>(exclusive ? before : sum);
    }
  });
}

void extreme_index(Lines lines, bool largest, bool last, std::span<const float> x, std::span<float> y) {
  each(lines, 1, x, y, [&](auto from, auto to) {
    std::size_t best = 0;
    bool known = true;
    for (std::size_t k = 0; k < lines.count; ++k) {
      const float v = from(k), b = from(best);
      known = known && v == v;
      if ((largest ? v > b : v < b) || (last && v == b)) best = k;
    }
    to(0) = known ? static_cast<float>(best) : std::numeric_limits<float>::quiet_NaN();
  });
}

void top_k(Lines lines, std::size_t k, bool largest, bool places, std::span<const float> x, std::span<float> y) {
  if (k > lines.count) throw std::logic_error("top_k: more elements wanted than there are");
  std::vector<std::size_t> order(lines.count);
  each(lines, k, x, y, [&](auto from, auto to) {
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t p, std::size_t q) {
      const float a = from(p), b = from(q);
      if (a != a || b != b) return a != a && b == b;
      return largest ? a > b : a < b;
    });
    for (std::size_t i = 0; i < k; ++i) to(i) = places ? static_cast<float>(order[i]) : from(order[i]);
  });
}

void hardmax(Lines lines, std::span<const float> x, std::span<float> y) {
  each(lines, lines.count, x, y, [&](auto from, auto to) {
    std::size_t best = 0;
    bool known = true;
    for (std::size_t k = 0; k < lines.count; ++k) {
      known = known && from(k) == from(k);
      if (from(k) > from(best)) best = k;
    }
    for (std::size_t k = 0; k < lines.count; ++k) to(k) = k == best ? 1.0F : 0.0F;
    if (!known) to(best) = std::numeric_limits<float>::quiet_NaN();
  });
}

void interpolate(Lines lines, std::span<const std::int64_t> indices, std::span<const float> weights, std::size_t taps, std::span<const float> x,
                 std::span<float> y) {
  if (indices.size() != weights.size() || taps == 0) throw std::logic_error("interpolate: indices and weights disagree");
  const std::size_t made = indices.size() / taps;
  each(lines, made, x, y, [&](auto from, auto to) {
    for (std::size_t k = 0; k < made; ++k) {
      double sum = 0.0;
      for (std::size_t t = k * taps; t < (k + 1) * taps; ++t) {
        sum += static_cast<double>(weights[t]) * static_cast<double>(from(static_cast<std::size_t>(indices[t])));
      }
      to(k) = static_cast<float>(sum);
    }
  });
}

void local_response(Lines lines, std::size_t size, float alpha, float beta, float bias, std::span<const float> x, std::span<float> y) {
  const std::size_t before = (size - 1) / 2, after = size - 1 - before;
  each(lines, lines.count, x, y, [&](auto from, auto to) {
    for (std::size_t k = 0; k < lines.count; ++k) {
      double sum = 0.0;
      for (std::size_t n = k - std::min(k, before); n <= std::min(lines.count - 1, k + after); ++n) {
        sum += static_cast<double>(from(n)) * static_cast<double>(from(n));
      }
      const double sum_with_bias = static_cast<double>(bias) + static_cast<double>(alpha) / static_cast<double>(size) * sum;
      // NaN if the base has no logarithm; the check of the network's output reports it.
      const double power = sum_with_bias > 0.0 ? base::exponential(static_cast<double>(beta) * base::logarithm(sum_with_bias))
                                               : std::numeric_limits<double>::quiet_NaN();
      to(k) = static_cast<float>(static_cast<double>(from(k)) / power);
    }
  });
}

void scatter_into(Scatter scatter, float& element, float number) {
  switch (scatter) {
    case Scatter::replace:
      element = number;
      return;
    case Scatter::add:
      element += number;
      return;
    case Scatter::mul:
      element *= number;
      return;
    case Scatter::maximum:
      element = number > element || number != number ? number : element;
      return;
    case Scatter::minimum:
      element = number < element || number != number ? number : element;
      return;
  }
}

}  // namespace mho::periphery::digital
