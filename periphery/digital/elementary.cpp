#include "periphery/digital/elementary.h"

#include "base/elementary.h"

namespace mho::periphery::digital {

float exponential(float x) {
  // NaN must reach the check of the network's output instead of becoming a number.
  return x == x ? static_cast<float>(base::exponential(x)) : x;
}

float sigmoid(float x) { return x == x ? static_cast<float>(1.0 / (1.0 + base::exponential(-static_cast<double>(x)))) : x; }

float tanh(float x) {
  if (x != x) return x;
  const double z = x;
  // Near zero (e - 1) cancels; two terms of the series are exact to 1e-13 there.
  if (z > -1e-3 && z < 1e-3) return static_cast<float>(z - z * z * z / 3.0);
  const double e = base::exponential(2.0 * z);
  return z > 20.0 ? 1.0F : static_cast<float>((e - 1.0) / (e + 1.0));
}

}  // namespace mho::periphery::digital
