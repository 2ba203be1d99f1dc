#pragma once

#include <array>
#include <span>

namespace mho::periphery::digital {

/// A pooling window over a plane, (height, width).
struct PoolWindow {
  std::array<int, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1}, pad_begin{0, 0}, pad_end{0, 0};
  bool count_include_pad = false;  ///< average only: padding counts in the divisor
  int order = 2;                   ///< norm only: p, 1 or more
};

/// Pools one plane x [height][width] to y [out_height][out_width]; taps in the padding are skipped. A window without any tap inside gives
/// -infinity (max) or 0 (average), which the importer refuses beforehand.
void max_pool(std::span<const float> x, std::array<int, 2> size, const PoolWindow& window, std::array<int, 2> out_size, std::span<float> y);
/// `norm_pool`: the p-th root of the sum of the p-th powers of magnitudes.
void norm_pool(std::span<const float> x, std::array<int, 2> size, const PoolWindow& window, std::array<int, 2> out_size, std::span<float> y);
void average_pool(std::span<const float> x, std::array<int, 2> size, const PoolWindow& window, std::array<int, 2> out_size, std::span<float> y);

}  // namespace mho::periphery::digital
