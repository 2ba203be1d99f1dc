#pragma once

#include <cstdint>
#include <span>

namespace mho::periphery::digital {

/// Tensors seen as [outer][count][inner]: the operators below work on each line of `count` numbers `inner` apart.
struct Lines {
  std::size_t outer = 1, count = 1, inner = 1;
};

/// Sums from the first element (`reverse`: the last) to each one, in double precision; `exclusive` leaves out the element itself.
void cumulative_sum(Lines lines, bool exclusive, bool reverse, std::span<const float> x, std::span<float> y);

/// Index of the largest (else smallest) element of each line; of equal ones the first, or with `last` the last. NaN if a line holds NaN.
void extreme_index(Lines lines, bool largest, bool last, std::span<const float> x, std::span<float> y);

/// The k largest (else smallest) elements of each line in order, equal ones by index, or their indices. NaN counts as most extreme.
void top_k(Lines lines, std::size_t k, bool largest, bool places, std::span<const float> x, std::span<float> y);

/// 1 at the first maximum of each line, else 0.
void hardmax(Lines lines, std::span<const float> x, std::span<float> y);

/// Element o of each line of y: sum over t of weights[o * taps + t] * x[indices[o * taps + t]], in double precision.
void interpolate(Lines lines, std::span<const std::int64_t> indices, std::span<const float> weights, std::size_t taps, std::span<const float> x,
                 std::span<float> y);

/// y = x / (bias + alpha / size * sum of the squares of `size` neighbours on the line) ^ beta; of an even size one more neighbour after than before.
void local_response(Lines lines, std::size_t size, float alpha, float beta, float bias, std::span<const float> x, std::span<float> y);

/// How a scattered number is combined with the element at its index.
enum class Scatter { replace, add, mul, maximum, minimum };
void scatter_into(Scatter scatter, float& element, float number);

}  // namespace mho::periphery::digital
