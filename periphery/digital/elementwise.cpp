#include "periphery/digital/elementwise.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "periphery/digital/elementary.h"
#include "periphery/digital/functions.h"

namespace mho::periphery::digital {
namespace {

void require(bool agree) {
  if (!agree) throw std::logic_error("digital operator: sizes of operands and result disagree");
}

/// One run along the last axis; a step of 0 repeats the operand.
template <typename Operation>
void run(Operation operation, const float* a, std::size_t a_step, const float* b, std::size_t b_step, float* y, std::size_t count) {
  if (a_step == 1 && b_step == 1) {
    for (std::size_t i = 0; i < count; ++i) y[i] = operation(a[i], b[i]);
  } else if (b_step == 0) {
    const float constant = *b;
    for (std::size_t i = 0; i < count; ++i) y[i] = operation(a[i * a_step], constant);
  } else {
    const float constant = *a;
    for (std::size_t i = 0; i < count; ++i) y[i] = operation(constant, b[i]);
  }
}

/// The number of a truth value.
inline float truth(bool value) { return value ? 1.0F : 0.0F; }

/// The rest of a division with the sign of the divisor.
inline float modulo(float p, float q) {
  const float rest = std::fmod(p, q);
  return rest != 0.0F && (rest < 0.0F) != (q < 0.0F) ? rest + q : rest;
}

template <typename Body>
void dispatch(Binary operation, Body body) {
  switch (operation) {
    case Binary::add:
      return body([](float p, float q) { return p + q; });
    case Binary::sub:
      return body([](float p, float q) { return p - q; });
    case Binary::mul:
      return body([](float p, float q) { return p * q; });
    case Binary::div:
      return body([](float p, float q) { return p / q; });
    case Binary::power:
      return body([](float p, float q) { return power(p, q); });
    case Binary::minimum:  // NaN passes on
      return body([](float p, float q) { return p < q || p != p ? p : q; });
    case Binary::maximum:
      return body([](float p, float q) { return p > q || p != p ? p : q; });
    case Binary::parametric_relu:
      return body([](float p, float q) { return p < 0.0F ? p * q : p; });
    case Binary::equal:
      return body([](float p, float q) { return truth(p == q); });
    case Binary::greater:
      return body([](float p, float q) { return truth(p > q); });
    case Binary::less:
      return body([](float p, float q) { return truth(p < q); });
    case Binary::both:
      return body([](float p, float q) { return truth(p != 0.0F && q != 0.0F); });
    case Binary::either:
      return body([](float p, float q) { return truth(p != 0.0F || q != 0.0F); });
    case Binary::greater_or_equal:
      return body([](float p, float q) { return truth(p >= q); });
    case Binary::less_or_equal:
      return body([](float p, float q) { return truth(p <= q); });
    case Binary::exclusive_or:
      return body([](float p, float q) { return truth((p != 0.0F) != (q != 0.0F)); });
    case Binary::modulo:
      return body([](float p, float q) { return modulo(p, q); });
    case Binary::remainder:
      return body([](float p, float q) { return std::fmod(p, q); });
  }
}

/// Steps of an operand along each axis of the result; 0 where it repeats.
std::vector<std::size_t> steps(std::span<const std::int64_t> shape, std::span<const std::int64_t> result) {
  std::vector<std::size_t> step(result.size(), 0);
  std::size_t size = 1;
  require(shape.size() <= result.size());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::size_t from = shape.size() - 1 - i, to = result.size() - 1 - i;
    require(shape[from] == 1 || shape[from] == result[to]);
    if (shape[from] != 1) step[to] = size;
    size *= static_cast<std::size_t>(shape[from]);
  }
  return step;
}

}  // namespace

void relu(std::span<const float> x, std::span<float> y) {
  require(x.size() == y.size());
  // Written so that NaN stays NaN.
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] < 0.0F ? 0.0F : x[i];
}

void clip(std::span<const float> x, float minimum, float maximum, std::span<float> y) {
  require(x.size() == y.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float low = x[i] < minimum ? minimum : x[i];
    y[i] = low > maximum ? maximum : low;
  }
}

void sigmoid(std::span<const float> x, std::span<float> y) { apply(Function::sigmoid, 0.0F, 0.0F, x, y); }

void tanh(std::span<const float> x, std::span<float> y) { apply(Function::tanh, 0.0F, 0.0F, x, y); }

void binary(Binary operation, std::span<const float> a, std::span<const float> b, std::span<float> y) {
  require(a.size() == y.size() && b.size() == y.size());
  dispatch(operation, [&](auto op) { run(op, a.data(), 1, b.data(), 1, y.data(), y.size()); });
}

void binary(Binary operation, std::span<const float> a, std::span<const std::int64_t> a_shape, std::span<const float> b,
            std::span<const std::int64_t> b_shape, std::span<float> y, std::span<const std::int64_t> y_shape) {
  if (y.empty()) return;
  if (a.size() == y.size() && b.size() == y.size()) return binary(operation, a, b, y);
  // Neighbouring axes that an operand crosses in one stride merge into one long run.
  std::vector<std::size_t> extent, a_step, b_step;
  const auto a_all = steps(a_shape, y_shape), b_all = steps(b_shape, y_shape);
  for (std::size_t i = 0; i < y_shape.size(); ++i) {
    const auto n = static_cast<std::size_t>(y_shape[i]);
    if (n == 1) continue;
    if (!extent.empty() && a_step.back() == a_all[i] * n && b_step.back() == b_all[i] * n) {
      extent.back() *= n;
      a_step.back() = a_all[i];
      b_step.back() = b_all[i];
    } else {
      extent.push_back(n);
      a_step.push_back(a_all[i]);
      b_step.push_back(b_all[i]);
    }
  }
  if (extent.empty()) {
    extent.push_back(1);
    a_step.push_back(0);
    b_step.push_back(0);
  }
  const std::size_t length = extent.back(), outer = extent.size() - 1;
  std::vector<std::size_t> index(outer, 0);
  dispatch(operation, [&](auto op) {
    std::size_t a_at = 0, b_at = 0;
    for (std::size_t done = 0; done < y.size(); done += length) {
      run(op, a.data() + a_at, a_step.back(), b.data() + b_at, b_step.back(), y.data() + done, length);
      for (std::size_t axis = outer; axis-- > 0;) {
        a_at += a_step[axis];
        b_at += b_step[axis];
        if (++index[axis] < extent[axis]) break;
        a_at -= a_step[axis] * extent[axis];
        b_at -= b_step[axis] * extent[axis];
        index[axis] = 0;
      }
    }
  });
}

void where(std::span<const float> condition, std::span<const std::int64_t> condition_shape, std::span<const float> a,
           std::span<const std::int64_t> a_shape, std::span<const float> b, std::span<const std::int64_t> b_shape, std::span<float> y,
           std::span<const std::int64_t> y_shape) {
  const auto c_steps = steps(condition_shape, y_shape), a_steps = steps(a_shape, y_shape), b_steps = steps(b_shape, y_shape);
  std::vector<std::size_t> index(y_shape.size(), 0);
  std::size_t c_at = 0, a_at = 0, b_at = 0;
  for (float& value : y) {
    value = condition[c_at] != 0.0F ? a[a_at] : b[b_at];
    for (std::size_t axis = y_shape.size(); axis-- > 0;) {
      const auto length = static_cast<std::size_t>(y_shape[axis]);
      c_at += c_steps[axis];
      a_at += a_steps[axis];
      b_at += b_steps[axis];
      if (++index[axis] < length) break;
      c_at -= c_steps[axis] * length;
      a_at -= a_steps[axis] * length;
      b_at -= b_steps[axis] * length;
      index[axis] = 0;
    }
  }
}

void scale_shift(std::span<const float> x, std::span<const float> scale, std::span<const float> shift, std::size_t inner, std::span<float> y) {
  require(x.size() == y.size() && scale.size() == shift.size() && x.size() == scale.size() * inner);
  for (std::size_t c = 0; c < scale.size(); ++c) {
    const float s = scale[c], t = shift[c];
    for (std::size_t i = c * inner; i < (c + 1) * inner; ++i) y[i] = x[i] * s + t;
  }
}

}  // namespace mho::periphery::digital
