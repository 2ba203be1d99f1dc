#include "periphery/digital/elementary.h"

#include "base/elementary.h"

namespace mho::periphery::digital {

float exponential(float x) {
  // NaN must reach the check of the network's output instead of becoming a number.
  return x == x ? static_cast<float>(base::exponential(x)) : x;
}

float sigmoid(float x) { return x == x ? static_cast<float>(1.0 / (1.0 + base::exponential(-static_cast<double>(x)))) : x; }

float tanh(float x) { return x == x ? static_cast<float>(hyperbolic_tangent(static_cast<double>(x))) : x; }

double hyperbolic_tangent(double z) {
  // Near zero (e - 1) cancels; two terms of the series are exact to 1e-12 there.
  if (z > -1e-3 && z < 1e-3) return z - z * z * z / 3.0;
  if (z > 20.0) return 1.0;
  const double e = base::exponential(2.0 * z);
  return (e - 1.0) / (e + 1.0);
}

}  // namespace mho::periphery::digital
