#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Whether values of shape `a` mean the same in shape `b` without a word from the user: axes of 1 come and go, and adjacent axes are merged or one
/// axis is split, in order (28x28 as 784x1). False for another number of values, and where several axes face several others (32x32x3 as 3x32x32).
bool shapes_agree(const Shape& a, const Shape& b);

/// How the axes of a stored sample become those of a sample.
struct AxisOrder {
  std::vector<std::size_t> stored;  ///< by axis of the sample: the axis of the stored one
  std::size_t channel = 0;          ///< axis of the sample along which channels lie
};

/// Reads "hwc -> chw": each letter names an axis of the stored sample, then the same letters in the order of the sample. Channels lie along 'c', or
/// the first axis where there is none. Throws std::invalid_argument saying what is wrong.
AxisOrder parse_layout(const std::string& text, std::size_t axes);

}  // namespace mho::workloads
