#pragma once

namespace mho::workloads {

/// Product of a matrix on tiles with one axis of its input, or of two activations.
struct MatrixProduct {
  int axis = 0;  ///< on tiles: the axis of the input that W sums over
};

}  // namespace mho::workloads
