#pragma once

#include <cstdint>
#include <vector>

namespace mho::workloads {

/// Weighted sums along an axis: of the elements `indices`, with the weights in the second input. Each output element has the same number of terms.
struct Interpolation {
  int axis = 0;
  std::vector<std::int64_t> indices;
};

}  // namespace mho::workloads
