#pragma once

#include <optional>
#include <vector>

namespace mho::analysis {

/// Mean of differences of which each belongs to one programming, with the interval that holds their expectation with 95 % confidence (Student's t).
struct PairedDifference {
  double mean = 0;
  std::optional<double> sem;        ///< standard error; empty for a single pair
  std::optional<double> low, high;  ///< the interval
  /// Whether the interval excludes 0.
  [[nodiscard]] bool decided() const { return low && (*low > 0 || *high < 0); }
};

/// Of a[k] - b[k]. As many of both, at least one.
PairedDifference paired_difference(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace mho::analysis
