#pragma once

#include <cstdint>
#include <span>

namespace mho::periphery::digital {

/// Element by element; `y` may be `x`. Sizes must agree (std::logic_error).
void relu(std::span<const float> x, std::span<float> y);
void clip(std::span<const float> x, float minimum, float maximum, std::span<float> y);
void sigmoid(std::span<const float> x, std::span<float> y);
void tanh(std::span<const float> x, std::span<float> y);

/// `parametric_relu`: a above 0, a b below. Comparisons and logic give 1 or 0; every value except 0 is true.
/// `modulo` has the sign of b, `remainder` that of a.
enum class Binary {
  add,
  sub,
  mul,
  div,
  power,
  minimum,
  maximum,
  parametric_relu,
  equal,
  greater,
  less,
  both,
  either,
  greater_or_equal,
  less_or_equal,
  exclusive_or,
  modulo,
  remainder
};
/// y = a op b for equal sizes.
void binary(Binary operation, std::span<const float> a, std::span<const float> b, std::span<float> y);
/// The same with broadcasting: shapes are aligned at their last axis, axes of length 1 repeat. `y_shape` is the broadcast shape.
void binary(Binary operation, std::span<const float> a, std::span<const std::int64_t> a_shape, std::span<const float> b,
            std::span<const std::int64_t> b_shape, std::span<float> y, std::span<const std::int64_t> y_shape);

/// y = condition != 0 ? a : b, with broadcasting as above.
void where(std::span<const float> condition, std::span<const std::int64_t> condition_shape, std::span<const float> a,
           std::span<const std::int64_t> a_shape, std::span<const float> b, std::span<const std::int64_t> b_shape, std::span<float> y,
           std::span<const std::int64_t> y_shape);

/// y[c][i] = x[c][i] * scale[c] + shift[c], two roundings; `inner` values per channel, channels = scale.size().
void scale_shift(std::span<const float> x, std::span<const float> scale, std::span<const float> shift, std::size_t inner, std::span<float> y);

}  // namespace mho::periphery::digital
