#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Whether values of shape `a` can be read in shape `b` without instructions from the user: axes of length 1 may be added or removed, and adjacent
/// axes merged or one axis split, in order (28x28 as 784x1). False for another number of values, and if several axes would be regrouped into several
/// others (32x32x3 as 3x32x32).
bool shapes_agree(const Shape& a, const Shape& b);

/// Permutation from the axes of a stored sample to those of a sample.
struct AxisOrder {
  std::vector<std::size_t> stored;  ///< for each axis of the sample: the axis of the stored sample
  std::size_t channel = 0;          ///< axis of the channels in the sample
};

/// Parses "hwc -> chw": one letter for each axis of the stored sample, then the same letters in the order of the sample. 'c' marks the channels;
/// without it the first axis does. Throws std::invalid_argument with the reason.
AxisOrder parse_layout(const std::string& text, std::size_t axes);

}  // namespace mho::workloads
