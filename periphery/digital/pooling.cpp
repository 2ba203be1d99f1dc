#include "periphery/digital/pooling.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "periphery/digital/functions.h"

namespace mho::periphery::digital {
namespace {

/// The taps of one window along one axis that lie in [begin, end).
struct Taps {
  int first = 0;  ///< tap index
  int count = 0;
};

Taps taps(int start, int kernel, int dilation, int begin, int end) {
  const int first = start >= begin ? 0 : (begin - start + dilation - 1) / dilation;
  const int last = end <= start ? 0 : std::min(kernel, (end - start + dilation - 1) / dilation);
  return {first, std::max(0, last - first)};
}

template <typename Body>
void for_windows(std::span<const float> x, std::array<int, 2> size, const PoolWindow& w, std::array<int, 2> out_size, std::span<float> y, Body body) {
  const auto out_columns = static_cast<std::size_t>(out_size[1]);
  if (x.size() != static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) ||
      y.size() != static_cast<std::size_t>(out_size[0]) * out_columns) {
    throw std::logic_error("pooling: sizes disagree");
  }
  for (int oy = 0; oy < out_size[0]; ++oy) {
    const int top = oy * w.stride[0] - w.pad_begin[0];
    const Taps rows = taps(top, w.kernel[0], w.dilation[0], 0, size[0]);
    for (int ox = 0; ox < out_size[1]; ++ox) {
      const int left = ox * w.stride[1] - w.pad_begin[1];
      const Taps columns = taps(left, w.kernel[1], w.dilation[1], 0, size[1]);
      const float* corner =
          x.data() + static_cast<std::ptrdiff_t>(top + rows.first * w.dilation[0]) * size[1] + (left + columns.first * w.dilation[1]);
      y[static_cast<std::size_t>(oy) * out_columns + static_cast<std::size_t>(ox)] = body(top, left, rows.count, columns.count, corner);
    }
  }
}

}  // namespace

void max_pool(std::span<const float> x, std::array<int, 2> size, const PoolWindow& w, std::array<int, 2> out_size, std::span<float> y) {
  for_windows(x, size, w, out_size, y, [&](int, int, int rows, int columns, const float* corner) {
    float best = -std::numeric_limits<float>::infinity();
    for (int r = 0; r < rows; ++r) {
      const float* p = corner + static_cast<std::ptrdiff_t>(r) * w.dilation[0] * size[1];
      for (int c = 0; c < columns; ++c) {
        const float v = p[static_cast<std::ptrdiff_t>(c) * w.dilation[1]];
        best = v > best || v != v ? v : best;
      }
    }
    return best;
  });
}

void norm_pool(std::span<const float> x, std::array<int, 2> size, const PoolWindow& w, std::array<int, 2> out_size, std::span<float> y) {
  const auto order = static_cast<float>(w.order);
  for_windows(x, size, w, out_size, y, [&](int, int, int rows, int columns, const float* corner) {
    double sum = 0.0;
    for (int r = 0; r < rows; ++r) {
      const float* p = corner + static_cast<std::ptrdiff_t>(r) * w.dilation[0] * size[1];
      for (int c = 0; c < columns; ++c) sum += static_cast<double>(power(std::abs(p[static_cast<std::ptrdiff_t>(c) * w.dilation[1]]), order));
    }
    return w.order == 1 ? static_cast<float>(sum) : w.order == 2 ? static_cast<float>(std::sqrt(sum)) : power(static_cast<float>(sum), 1.0F / order);
  });
}

void average_pool(std::span<const float> x, std::array<int, 2> size, const PoolWindow& w, std::array<int, 2> out_size, std::span<float> y) {
  for_windows(x, size, w, out_size, y, [&](int top, int left, int rows, int columns, const float* corner) {
    float sum = 0.0F;
    for (int r = 0; r < rows; ++r) {
      const float* p = corner + static_cast<std::ptrdiff_t>(r) * w.dilation[0] * size[1];
      for (int c = 0; c < columns; ++c) sum += p[static_cast<std::ptrdiff_t>(c) * w.dilation[1]];
    }
    int count = rows * columns;
    if (w.count_include_pad) {
      // Taps beyond the padding (ceil_mode) never count.
      count = taps(top, w.kernel[0], w.dilation[0], -w.pad_begin[0], size[0] + w.pad_end[0]).count *
              taps(left, w.kernel[1], w.dilation[1], -w.pad_begin[1], size[1] + w.pad_end[1]).count;
    }
    return count > 0 ? sum / static_cast<float>(count) : 0.0F;
  });
}

}  // namespace mho::periphery::digital
