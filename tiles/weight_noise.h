#pragma once

#include <span>
#include <vector>

#include "tiles/device/device_parameters.h"

namespace mho::tiles {

/// The noise that training adds to weights.
enum class WeightNoiseKind {
  none,
  pcm,       ///< of the mushroom cell, programming and accumulated reading, whatever device the design has
  constant,  ///< the same for every weight
  device     ///< of the design's own device
};

/// Standard deviation of a weight as a function of its magnitude, both in units of the largest: what is expected right after programming, without
/// drift of the mean. By linear interpolation, exact in its 257 nodes.
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
  /// Moves every weight in `row` (at most 1 in magnitude) by `level` deviations times its number in `normals`, not through zero. A weight of exactly
  /// 0 is the structure of a grouped matrix, or was pruned: it stays. Vectorised, with the same bits on every processor.
  void apply(std::span<float> row, std::span<const float> normals, float level) const;

 private:
  static constexpr int steps = 256;
  std::vector<float> sigma_;
};

}  // namespace mho::tiles
