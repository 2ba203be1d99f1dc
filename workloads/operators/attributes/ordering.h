#pragma once

namespace mho::workloads {

struct CumulativeSum {
  int axis = 0;
  bool exclusive = false;  ///< without the element itself
  bool reverse = false;    ///< from the end
};

/// Place of the maximum or minimum along an axis.
struct ExtremeIndex {
  int axis = 0;
  bool largest = true;
  bool last = false;  ///< the last of equals, else the first
};

/// The most extreme values along an axis in order, or their places, as many as the output has room for.
struct TopK {
  int axis = 0;
  bool largest = true;
  bool places = false;
};

}  // namespace mho::workloads
