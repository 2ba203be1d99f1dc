#include "tiles/scales.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mho::tiles {

namespace {

/// Rounds up to a multiple of the step of an integer scale format, whose full scale is the block's largest scale. All codes are positive.
float round_up_to_step(float gamma, float largest, int bits) {
  const float step = largest / static_cast<float>((1 << bits) - 1);
  return std::max(1.0F, std::ceil(gamma / step)) * step;
}

/// Largest magnitude, computed in lanes, because one long chain of maxima is slow.
float largest_of(std::span<const float> values) {
  constexpr std::size_t lanes = 16;
  float most[lanes] = {};
  std::size_t k = 0;
  for (; k + lanes <= values.size(); k += lanes) {
    for (std::size_t l = 0; l < lanes; ++l) most[l] = std::max(most[l], std::abs(values[k + l]));
  }
  for (; k < values.size(); ++k) most[0] = std::max(most[0], std::abs(values[k]));
  return *std::ranges::max_element(most);
}

/// Rounds scales to `format` in units of `unit`. Positive scales stay positive, because no column can be scaled by 0.
void round_relative(const periphery::NumberFormat& format, float unit, std::span<float> scales, periphery::OutsideFormat* outside) {
  if (format.kind == periphery::NumberFormat::Kind::float32) return;
  std::vector<float> relative(scales.begin(), scales.end());
  for (float& gamma : relative) gamma /= unit;
  if (outside != nullptr) *outside += periphery::outside(format, relative);
  periphery::round_to(format, relative);
  const float least = format.kind == periphery::NumberFormat::Kind::float16 ? 0x1p-24F : std::numeric_limits<float>::min();
  for (std::size_t i = 0; i < scales.size(); ++i) {
    if (scales[i] > 0.0F) scales[i] = unit * std::max(relative[i], least);
  }
}

}  // namespace

std::vector<float> column_scales(const TileParameters& parameters, const Block& block, std::span<const float> weights, int matrix_inputs, float unit,
                                 periphery::OutsideFormat* outside) {
  std::vector<float> scales(static_cast<std::size_t>(block.outputs()), 1.0F);
  if (parameters.scaling == Scaling::none) return scales;
  for (int i = 0; i < block.outputs(); ++i) {
    const auto row = weights.subspan(
        static_cast<std::size_t>(block.output_begin + i) * static_cast<std::size_t>(matrix_inputs) + static_cast<std::size_t>(block.input_begin),
        static_cast<std::size_t>(block.inputs()));
    scales[static_cast<std::size_t>(i)] = largest_of(row);
  }
  const float largest = *std::ranges::max_element(scales);
  if (largest == 0.0F) {
    std::ranges::fill(scales, 1.0F);
    return scales;
  }
  if (parameters.scaling == Scaling::tile) std::ranges::fill(scales, largest);
  const auto& format = parameters.digital.scale_format;
  if (format.kind == periphery::NumberFormat::Kind::integer) {
    // Rounded up: a scale below the column's maximum would clip its largest weights.
    for (float& gamma : scales) gamma = round_up_to_step(gamma, largest, format.integer_bits);
  } else {
    round_relative(format, unit, scales, outside);
  }
  for (float& gamma : scales) gamma = gamma == 0.0F ? 1.0F : gamma;
  return scales;
}

float scale_unit(std::span<const float> weights) {
  const float largest = largest_of(weights);
  // The unit has a lower limit, so that it is a normal number also for a matrix of subnormal numbers.
  return largest > 0.0F && std::isfinite(largest) ? std::ldexp(1.0F, std::max(std::ilogb(largest), std::numeric_limits<float>::min_exponent)) : 1.0F;
}

}  // namespace mho::tiles
