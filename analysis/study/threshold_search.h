#pragma once

#include <functional>
#include <optional>
#include <string>

namespace mho::analysis {

/// Where a setting is searched, from the harmless end to the harmful one.
struct SearchRange {
  double mild = 0, severe = 0;  ///< either may be the larger; above 0 unless whole
  bool whole = false;           ///< whole numbers only
};

/// The setting at which a limit is passed; empty: there is none in the range, and `why` says so.
struct ThresholdSearch {
  std::optional<double> at;
  std::string why{};
};

/// Bisection for the setting at which `excess`, at or below 0 where all is well, becomes positive: over the logarithm of the setting until the ends
/// are `closeness` apart (relative), over whole numbers until they are neighbours; then a straight line between the ends. So a whole setting may come
/// out broken. Where `excess` is no monotone function, one of its crossings. `excess` must answer the same for the same setting.
ThresholdSearch search_threshold(const SearchRange& range, const std::function<double(double)>& excess, double closeness = 0.02);

}  // namespace mho::analysis
