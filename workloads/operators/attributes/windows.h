#pragma once

#include <array>

#include "periphery/digital/reduction.h"

namespace mho::workloads {

/// Window over height and width (1-D operators have height 1).
struct Window {
  std::array<int, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  std::array<int, 2> pad_begin{0, 0}, pad_end{0, 0};
  bool ceil_mode = false;
  bool count_include_pad = false;
};

/// A matrix on tiles applied to a window that slides over planes: [1][channels][height][width] or [1][channels][width].
struct Convolution {
  Window window;
};

/// Adds the products of each input position ([channels * kernel]) to the output at its window: the second half of a transposed convolution.
struct OverlapAdd {
  Window window;
};

struct Pool {
  enum class Kind { maximum, average, norm } kind = Kind::maximum;
  Window window;
  int order = 2;  ///< norm: p
};

/// Reduces each plane to one number.
struct GlobalPool {
  periphery::digital::Reduction reduction = periphery::digital::Reduction::mean;
};

}  // namespace mho::workloads
