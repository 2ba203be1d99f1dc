#pragma once

#include <span>

namespace mho::periphery::digital {

/// exp(x_i - max) / sum over one row of `count` values `stride` apart, starting at x[0]; sums in ascending order in double precision.
void softmax(std::span<const float> x, std::size_t count, std::size_t stride, std::span<float> y);

/// Mean of all values, summed in ascending order in double precision. Of nothing: 0.
float mean(std::span<const float> x);

/// y[o][i] = mean over m of x[o][m][i]; y.size() = outer * inner.
void mean_over(std::span<const float> x, std::size_t outer, std::size_t middle, std::size_t inner, std::span<float> y);

}  // namespace mho::periphery::digital
