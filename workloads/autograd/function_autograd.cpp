#include <ATen/ATen.h>

#include "workloads/autograd/digital_autograd.h"

namespace mho::workloads {

namespace {

using periphery::digital::Activation;
using periphery::digital::Function;
using torch::Tensor;

/// Smooth functions; undefined for other functions.
Tensor smooth(const Activation& of, const Tensor& x) {
  switch (of.function) {
    case Function::exponential:
      return x.exp();
    case Function::logarithm:
      return x.log();
    case Function::square_root:
      return x.sqrt();
    case Function::reciprocal:
      return x.reciprocal();
    case Function::erf:
      return x.erf();
    case Function::gelu:
      return at::gelu(x);
    case Function::gelu_tanh:
      return at::gelu(x, "tanh");
    case Function::mish:
      return x * at::softplus(x).tanh();
    case Function::softplus:
      return at::softplus(x);
    case Function::softsign:
      return x / (1 + x.abs());
    case Function::sigmoid:
      return x.sigmoid();
    case Function::tanh:
      return x.tanh();
    case Function::scaled_tanh:
      return of.alpha * (of.beta * x).tanh();
    case Function::sine:
      return x.sin();
    case Function::cosine:
      return x.cos();
    case Function::tangent:
      return x.tan();
    default:
      return {};
  }
}

/// Piecewise functions; some pieces are linear.
Tensor piecewise(const Activation& of, const Tensor& x) {
  switch (of.function) {
    case Function::abs:
      return x.abs();
    case Function::negative:
      return -x;
    case Function::affine:
      return of.alpha * x + of.beta;
    case Function::relu:
      return x.relu();
    case Function::leaky_relu:
      return at::leaky_relu(x, of.alpha);
    case Function::elu:
      return at::elu(x, of.alpha);
    case Function::selu:
      return of.beta * (at::clamp_min(x, 0) + of.alpha * at::expm1(at::clamp_max(x, 0)));
    case Function::celu:
      return at::celu(x, of.alpha);
    case Function::hard_sigmoid:
      return at::clamp(of.alpha * x + of.beta, 0, 1);
    case Function::hard_swish:
      return x * at::clamp(x / 6 + 0.5, 0, 1);
    case Function::thresholded_relu:
      return x * as_numbers(x > of.alpha);
    default:
      return {};
  }
}

/// Functions with a slope of zero almost everywhere.
Tensor stepwise(const Activation& of, const Tensor& x) {
  switch (of.function) {
    case Function::negation:
      return as_numbers(x == 0);
    case Function::floor:
      return x.floor();
    case Function::ceil:
      return x.ceil();
    case Function::round:
      return x.round();
    case Function::truncate:
      return x.trunc();
    case Function::truth:
      return as_numbers(x != 0);
    case Function::sign:
      return x.sign();
    case Function::is_nan:
      return as_numbers(x != x);
    case Function::is_infinite:
      return as_numbers(
          (x.isposinf().logical_and(torch::tensor(of.alpha != 0.0F))).logical_or(x.isneginf().logical_and(torch::tensor(of.beta != 0.0F))));
    default:
      return {};
  }
}

}  // namespace

Tensor function_autograd(const Activation& of, const Tensor& x) {
  if (Tensor y = smooth(of, x); y.defined()) return y;
  if (Tensor y = piecewise(of, x); y.defined()) return y;
  return stepwise(of, x);
}

}  // namespace mho::workloads
