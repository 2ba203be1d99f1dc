#include "periphery/digital/elementary.h"

#include "base/elementary.h"

namespace mho::periphery::digital {

float exponential(float x) {
  // NaN must reach the check of the network's output instead of becoming a number.
  return x == x ? static_cast<float>(base::exponential(x)) : x;
}

float sigmoid(float x) { return x == x ? static_cast<float>(1.0 / (1.0 + base::exponential(-static_cast<double>(x)))) : x; }

float tanh(float x) { return x == x ? static_cast<float>(hyperbolic_tangent(static_cast<double>(x))) : x; }

}  // namespace mho::periphery::digital
