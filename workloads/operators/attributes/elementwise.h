#pragma once

#include "periphery/digital/elementwise.h"
#include "periphery/digital/functions.h"

namespace mho::workloads {

/// Operation on two tensors, element by element, with broadcasting.
struct Binary {
  periphery::digital::Binary operation = periphery::digital::Binary::add;
};

/// For each element: the second input if the first is not 0, else the third.
struct Choice {};

/// The common functions between layers; they have kernels of their own.
struct Nonlinearity {
  enum class Kind { relu, sigmoid, tanh } kind = Kind::relu;
};

/// Any other function of each element.
struct ElementFunction {
  periphery::digital::Activation of;
};

struct Clip {
  float minimum = 0, maximum = 0;
};

}  // namespace mho::workloads
