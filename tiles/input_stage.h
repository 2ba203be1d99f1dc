#pragma once

#include <cstdint>
#include <span>

#include "tiles/product.h"

namespace mho::tiles {

/// Steps 1 and 2 of the common tile in one pass over a row: static range and rounding converter, and the row laid out for products(). Numbers are
/// those of apply_input_range(), convert_inputs() and interleave() in mvm_steps.h and below, bit for bit on every SIMD target.
struct InputStage {
  float range = 1.0F;              ///< alpha; inputs are clipped to it and multiplied by its reciprocal
  bool ranged = true;              ///< false: no range stage
  float largest_code = 0.0F;       ///< of the converter; 0 for an ideal one
  std::span<const float> profile;  ///< of the voltage drop, by input
  ProductSelection selection;

  /// `interleaved` [inputs][selection.count()]. Returns false, and nothing sensible, if an input is not finite. Adds the inputs beyond the range to
  /// `clipped`.
  bool run(std::span<const float> x, float* interleaved, std::uint64_t& clipped) const;
};

/// Lays a row that is driven as it is out for products(): `interleaved` [inputs][selection.count()].
void interleave(std::span<const float> driven, std::span<const float> profile, ProductSelection selection, float* interleaved);

}  // namespace mho::tiles
