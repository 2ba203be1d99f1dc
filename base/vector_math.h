#pragma once

#include <span>

namespace mho::base {

/// Element-wise functions over arrays of float, vectorised for the processor that runs them. They are fixed sequences of fused operations, so every
/// SIMD target and the scalar target give the same bits.

/// values[k] = e^values[k]; relative error below 3e-7 in [-87, 88], 0 below, close to the largest float above; NaN stays NaN.
void exponentials(std::span<float> values);
/// values[k] = ln values[k]; error below 2e-7 (absolute near 1, else relative) for positive normal numbers. Zero, negative and subnormal numbers
/// count as the smallest normal number.
void logarithms(std::span<float> values);

}  // namespace mho::base
