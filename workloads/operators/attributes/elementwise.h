#pragma once

#include "periphery/digital/elementwise.h"
#include "periphery/digital/functions.h"

namespace mho::workloads {

/// Two tensors element by element, with broadcasting.
struct Binary {
  periphery::digital::Binary operation = periphery::digital::Binary::add;
};

/// Element by element the second input where the first is not 0, else the third.
struct Choice {};

/// The usual functions between layers, with kernels of their own.
struct Nonlinearity {
  enum class Kind { relu, sigmoid, tanh } kind = Kind::relu;
};

/// Any other function of every element.
struct ElementFunction {
  periphery::digital::Activation of;
};

struct Clip {
  float minimum = 0, maximum = 0;
};

}  // namespace mho::workloads
