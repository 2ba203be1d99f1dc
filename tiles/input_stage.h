#pragma once

#include <cstdint>
#include <span>

#include "tiles/product.h"

namespace mho::tiles {

/// Steps 1 and 2 of the common tile in one pass over a row: static range and rounding converter, written in the layout of products(). The results are
/// those of apply_input_range(), convert_inputs() (mvm_steps.h) and interleave() below, bit for bit on every SIMD target.
struct InputStage {
  float range = 1.0F;              ///< alpha; inputs are clipped to it and multiplied by its reciprocal
  bool ranged = true;              ///< false: no range stage
  float largest_code = 0.0F;       ///< largest code of the converter; 0 for an ideal converter
  std::span<const float> profile;  ///< profile of the voltage drop, by input
  ProductSelection selection;

  /// `interleaved` [inputs][selection.count()]. Returns false if an input is not finite; the output is undefined then. Adds the number of inputs
  /// beyond the range to `clipped`.
  bool run(std::span<const float> x, float* interleaved, std::uint64_t& clipped) const;
};

/// Writes a row without steps 1 and 2 in the layout of products(): `interleaved` [inputs][selection.count()].
void interleave(std::span<const float> driven, std::span<const float> profile, ProductSelection selection, float* interleaved);

}  // namespace mho::tiles
