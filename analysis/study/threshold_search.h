#pragma once

#include <functional>
#include <optional>
#include <string>

namespace mho::analysis {

/// Search range of a setting, from the harmless end to the harmful one.
struct SearchRange {
  double mild = 0, severe = 0;  ///< either may be the larger; above 0 unless whole
  bool whole = false;           ///< integers only
};

/// The setting at which a limit is passed; empty: none in the range, and `why` states the reason.
struct ThresholdSearch {
  std::optional<double> at;
  std::string why{};
};

/// Bisection for the setting at which `excess` becomes positive (it is at most 0 at harmless settings). Bisects the logarithm of the setting until
/// the ends are `closeness` apart (relative); integers until the ends are neighbours. Then interpolates linearly between the ends, so the result for
/// integers may be a fraction. If `excess` is not monotonic, the result is one of its crossings. `excess` must be deterministic. Throws
/// std::logic_error for a range that is not above 0 and not of integers.
ThresholdSearch search_threshold(const SearchRange& range, const std::function<double(double)>& excess, double closeness = 0.02);

}  // namespace mho::analysis
