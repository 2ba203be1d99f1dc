#pragma once

namespace mho::workloads {

struct CumulativeSum {
  int axis = 0;
  bool exclusive = false;  ///< the sum excludes the element itself
  bool reverse = false;    ///< sums from the end of the axis
};

/// Index of the maximum or minimum along an axis.
struct ExtremeIndex {
  int axis = 0;
  bool largest = true;
  bool last = false;  ///< index of the last of equal elements, else of the first
};

/// The k largest or smallest values along an axis in order, or their indices (`places`). k is the length of that axis of the output.
struct TopK {
  int axis = 0;
  bool largest = true;
  bool places = false;
};

}  // namespace mho::workloads
