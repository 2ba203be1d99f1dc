#pragma once

#include <cstdint>
#include <span>

#include "tiles/product.h"

namespace mho::tiles {

/// The common way of a row of inputs to the product in one pass: static range, converter, and what the products need of it, interleaved. Numbers are
/// those of the single steps, bit for bit on every SIMD target.
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

}  // namespace mho::tiles
