#pragma once

#include <cstdint>
#include <vector>

namespace mho::workloads {

/// Sums along an axis of the elements `indices`, weighted by the second input, equally many for each output.
struct Interpolation {
  int axis = 0;
  std::vector<std::int64_t> indices;
};

}  // namespace mho::workloads
