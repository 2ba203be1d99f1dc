#pragma once

#include <cstdint>
#include <vector>

namespace mho::workloads {

/// Elements picked along an axis.
struct Picking {
  int axis = 0;
  std::vector<std::int64_t> indices;
};

/// Rows of a table (second input), selected by the integers in the first input.
struct TableRows {};

/// One row of the first input [T][...]: the last row of a sequence of length n, where n is the second input. n is limited to 1 ... T.
struct RowAt {};

}  // namespace mho::workloads
