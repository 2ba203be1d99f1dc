#pragma once

#include <span>

namespace mho::periphery::digital {

/// Functions of one number, named after their ONNX operators. They are computed in double precision from base/elementary.h, so every machine gives
/// the same bits. NaN stays NaN, except in functions that test what a number is.
enum class Function {
  abs,
  negative,
  exponential,
  logarithm,  ///< of 0 minus infinity, of negative numbers NaN
  square_root,
  reciprocal,
  erf,           ///< error below 1e-12
  gelu,          ///< x (1 + erf(x / sqrt 2)) / 2
  gelu_tanh,     ///< x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
  leaky_relu,    ///< alpha x below 0
  elu,           ///< alpha (e^x - 1) below 0
  selu,          ///< beta x above 0, beta alpha (e^x - 1) below
  hard_sigmoid,  ///< max(0, min(1, alpha x + beta))
  hard_swish,    ///< x max(0, min(1, x / 6 + 1 / 2))
  mish,          ///< x tanh(ln(1 + e^x))
  softplus,      ///< ln(1 + e^x)
  softsign,      ///< x / (1 + |x|)
  negation,      ///< 1 for 0, else 0
  relu,
  sigmoid,
  tanh,
  affine,            ///< alpha x + beta
  scaled_tanh,       ///< alpha tanh(beta x)
  thresholded_relu,  ///< x above alpha, else 0
  floor,
  ceil,
  round,     ///< to the nearest integer, halves to even
  truncate,  ///< towards 0
  truth,     ///< 0 for 0, else 1
  sign,
  sine,  ///< error below 1e-12 for |x| up to 2^50
  cosine,
  celu,  ///< alpha (e^(x / alpha) - 1) below 0
  tangent,
  is_nan,       ///< 1 for NaN, else 0
  is_infinite,  ///< 1 for infinity if alpha is not 0, and for minus infinity if beta is not 0; else 0
};

/// A function with its constants.
struct Activation {
  Function function = Function::sigmoid;
  float alpha = 0, beta = 0;
};

/// Element by element; `y` may be `x`. Sizes must agree (std::logic_error).
void apply(Function function, float alpha, float beta, std::span<const float> x, std::span<float> y);

/// x^y; NaN for a negative x and a y that is not an integer.
float power(float x, float y);

}  // namespace mho::periphery::digital
