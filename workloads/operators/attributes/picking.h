#pragma once

#include <cstdint>
#include <vector>

namespace mho::workloads {

/// Elements picked along an axis.
struct Picking {
  int axis = 0;
  std::vector<std::int64_t> indices;
};

/// Rows of the table, the second input, by the whole numbers in the first.
struct TableRows {};

/// The row of the first input [T][...] before the one whose number is in the second: the last of a sequence of that length.
struct RowAt {};

}  // namespace mho::workloads
