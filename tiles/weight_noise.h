#pragma once

#include <span>
#include <vector>

#include "tiles/device/device_parameters.h"

namespace mho::tiles {

/// The noise that training adds to weights.
enum class WeightNoiseKind {
  none,
  pcm,       ///< of the mushroom cell, programming and accumulated read noise, for every device of the design
  constant,  ///< the same for every weight
  device     ///< of the design's own device
};

/// Standard deviation of a weight as a function of its magnitude, both relative to the largest weight: the expectation right after programming,
/// without drift of the mean. Linear interpolation between 257 exact nodes.
class WeightNoise {
 public:
  /// `sigma` is that of kind `constant`.
  WeightNoise(WeightNoiseKind kind, const DeviceParameters& device, double sigma);
  [[nodiscard]] bool none() const { return sigma_.empty(); }
  /// `magnitude` in [0, 1].
  [[nodiscard]] float sigma(float magnitude) const {
    const float place = magnitude * static_cast<float>(steps);
    const int at = place < static_cast<float>(steps) ? static_cast<int>(place) : steps - 1;
    const float* node = sigma_.data() + at;
    return node[0] + (node[1] - node[0]) * (place - static_cast<float>(at));
  }
  /// Adds `level` standard deviations times its number in `normals` to every weight in `row` (at most 1 in magnitude); signs do not change. A weight
  /// of exactly 0 belongs to no group of a grouped matrix, or was pruned: it stays 0. Vectorised, with the same bits on every processor.
  void apply(std::span<float> row, std::span<const float> normals, float level) const;

 private:
  static constexpr int steps = 256;
  std::vector<float> sigma_;
};

}  // namespace mho::tiles
