#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace mho::analysis {

/// Where the energy of an inference goes, as a trace shares it out over time.
struct EnergyShares {
  std::vector<double> layer_j;  ///< by layer of the program, spread evenly over the positions that its stages finish
  double rest_w = 0;            ///< network, ports, leakage: at all times
};

/// Counts finished positions by layer in equal parts of time. However long a run is, they are a few hundred: each is as long as it must be.
class PowerProfile {
 public:
  static constexpr std::size_t most_parts = 512;
  explicit PowerProfile(std::size_t layers) : layers_(layers) {}
  void finished(std::size_t layer, base::SimTime time);
  /// Mean power of each part in watts. `positions`: what all stages of a layer finish for an inference.
  [[nodiscard]] std::vector<double> watts(const EnergyShares& shares, const std::vector<std::int64_t>& positions) const;
  [[nodiscard]] base::SimTime begin_of(std::size_t part) const;

 private:
  std::size_t layers_;
  std::int64_t width_ = 1'000;  ///< of a part in femtoseconds
  std::vector<std::vector<std::int64_t>> parts_;
};

}  // namespace mho::analysis
