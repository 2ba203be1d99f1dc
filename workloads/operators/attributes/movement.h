#pragma once

#include <cstdint>
#include <vector>

namespace mho::workloads {

/// The values of the input in the same order under another shape.
struct View {
  std::vector<std::int64_t> axes;  ///< that a squeeze drops or an unsqueeze makes
};

struct Permutation {
  std::vector<std::int64_t> axes;  ///< axis i of the output is axis axes[i] of the input
};

struct Padding {
  std::vector<std::int64_t> pads;  ///< begin of every axis, then end of every axis
  float value = 0;
};

struct Concatenation {
  int axis = 0;
};

}  // namespace mho::workloads
