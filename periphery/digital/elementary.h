#pragma once

#include "base/elementary.h"

namespace mho::periphery::digital {

/// exp, logistic function and hyperbolic tangent, relative error below 1e-6 (rounded once from double precision). No C library transcendental is
/// called, so every machine gives the same bits.
float exponential(float x);
float sigmoid(float x);
float tanh(float x);
/// The same in double precision, relative error below 1e-12.
inline double hyperbolic_tangent(double z) {
  const double e = base::exponential(2.0 * z);
  const double quotient = z > 20.0 ? 1.0 : (e - 1.0) / (e + 1.0);
  // Near zero (e - 1) cancels; two terms of the series are exact to 1e-12 there.
  return z > -1e-3 && z < 1e-3 ? z - z * z * z / 3.0 : quotient;
}

}  // namespace mho::periphery::digital
