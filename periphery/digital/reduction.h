#pragma once

#include <span>

namespace mho::periphery::digital {

/// exp(x_i - max) / sum over one row of `count` values `stride` apart, starting at x[0]; sums in ascending order in double precision.
void softmax(std::span<const float> x, std::size_t count, std::size_t stride, std::span<float> y);

/// As softmax, but its logarithm: x_i - max - ln sum exp(x - max).
void log_softmax(std::span<const float> x, std::size_t count, std::size_t stride, std::span<float> y);

enum class Reduction { mean, sum, maximum, minimum, l2, product, l1, sum_of_squares, log_sum, log_sum_of_exponentials };
/// y[o][i] = reduction over m of x[o][m][i], in ascending order in double precision; y.size() = outer * inner. An empty one gives 0 (a product 1).
void reduce(Reduction reduction, std::span<const float> x, std::size_t outer, std::size_t middle, std::size_t inner, std::span<float> y);

/// y = (x - mean) / sqrt(variance + epsilon) of one row, then times scale and plus shift, which have the length of the row or 1.
void normalise(std::span<const float> x, float epsilon, std::span<const float> scale, std::span<const float> shift, std::span<float> y);

}  // namespace mho::periphery::digital
