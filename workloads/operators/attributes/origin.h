#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mho::workloads {

/// Origin of the numbers of a tensor in the network's file: number k is factor * factors[k] * (element `element[k]` of the initialiser) + offset[k].
/// Filled only if ImportOptions::trace is set.
struct InitializerSource {
  std::string initialiser;            ///< its name, or the output of a Constant node; empty: computed from several tensors, cannot be written back
  std::vector<std::int64_t> element;  ///< for each number; -1: not from the file (zeros of a grouped matrix), the number is offset[k]
  float factor = 1;
  std::vector<float> factors;       ///< for each number, with `factor`; empty: ones (a batch normalisation folded into weights gives one per row)
  std::vector<float> offset;        ///< for each number; empty: zeros
  bool offset_times_scale = false;  ///< the offset is offset[k] times number k of the scale: the shift of a batch normalisation
  [[nodiscard]] bool known() const { return !initialiser.empty(); }
};

}  // namespace mho::workloads
