#pragma once

#include <optional>
#include <vector>

namespace mho::analysis {

/// Mean of paired differences, one for each programming instance, with the 95 % confidence interval of their expectation (Student's t).
struct PairedDifference {
  double mean = 0;
  std::optional<double> sem;        ///< standard error; empty for a single pair
  std::optional<double> low, high;  ///< the interval
  /// Whether the interval excludes 0.
  [[nodiscard]] bool decided() const { return low && (*low > 0 || *high < 0); }
};

/// Statistics of a[k] - b[k]. Both lists must have the same length, at least 1.
PairedDifference paired_difference(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace mho::analysis
