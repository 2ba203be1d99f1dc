#pragma once

#include <cstdint>
#include <vector>

namespace mho::workloads {

/// Another shape for the values of the input; their order stays.
struct View {
  std::vector<std::int64_t> axes;  ///< axes that a squeeze removes or an unsqueeze inserts
};

struct Permutation {
  std::vector<std::int64_t> axes;  ///< axis i of the output is axis axes[i] of the input
};

struct Padding {
  std::vector<std::int64_t> pads;  ///< elements before each axis, then elements after each axis
  float value = 0;
};

struct Concatenation {
  int axis = 0;
};

}  // namespace mho::workloads
