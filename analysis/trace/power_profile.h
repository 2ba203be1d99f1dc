#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/trace/folding_bins.h"
#include "base/time.h"

namespace mho::analysis {

/// Energy of an inference as a trace distributes it over time.
struct EnergyShares {
  std::vector<double> layer_j;  ///< by layer of the program; spread evenly over the positions that its stages finish
  double rest_w = 0;            ///< constant power of network, ports and leakage
};

/// Counts finished positions of each layer in equal parts of time, at most most_parts.
class PowerProfile {
 public:
  static constexpr std::size_t most_parts = 512;
  explicit PowerProfile(std::size_t layers) : finished_(layers, most_parts) {}
  void finished(std::size_t layer, base::SimTime time) { finished_.add(layer, time, 1); }
  /// Mean power of each part in watts. `positions`: by layer, the positions that all its stages finish for an inference.
  [[nodiscard]] std::vector<double> watts(const EnergyShares& shares, const std::vector<std::int64_t>& positions) const;
  [[nodiscard]] base::SimTime begin_of(std::size_t part) const { return finished_.width() * static_cast<std::int64_t>(part); }

 private:
  FoldingBins finished_;
};

}  // namespace mho::analysis
