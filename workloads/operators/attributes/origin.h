#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mho::workloads {

/// Where the numbers of a tensor of this network came from in its file: number k is factor * (element `element[k]` of the initialiser) + offset[k].
/// Kept only where ImportOptions::trace asks for it.
struct InitializerSource {
  std::string initialiser;            ///< its name, or that of a Constant node's output; empty: computed from several tensors, cannot be written back
  std::vector<std::int64_t> element;  ///< by number; -1: not from the file (the zeros of a grouped matrix), stays offset[k]
  float factor = 1;
  std::vector<float> factors;  ///< by number, times `factor`; empty: ones (a batch normalisation that went into the weights has one for each row)
  std::vector<float> offset;   ///< by number; empty: zeros
  bool offset_times_scale = false;  ///< offset[k] times number k of the scale: the shift of a batch normalisation
  [[nodiscard]] bool known() const { return !initialiser.empty(); }
};

}  // namespace mho::workloads
