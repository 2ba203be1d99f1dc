#include "analysis/study/threshold_search.h"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace mho::analysis {

namespace {

/// A setting on the scale of the bisection, and its excess.
struct Point {
  double position = 0, excess = 0;
};

}  // namespace

ThresholdSearch search_threshold(const SearchRange& range, const std::function<double(double)>& excess, double closeness) {
  if (!range.whole && !(range.mild > 0 && range.severe > 0)) throw std::logic_error("search_threshold: a logarithm needs settings above 0");
  const auto position = [&](double setting) { return range.whole ? setting : std::log(setting); };
  const auto setting = [&](double at) { return range.whole ? at : std::exp(at); };
  // The ends are evaluated directly: exp(log(end)) can exceed the limits of the parameter by a rounding error.
  Point harmful{position(range.severe), excess(range.severe)};
  if (!(harmful.excess > 0)) return {std::nullopt, fmt::format("not within {:g}", range.severe)};
  Point harmless{position(range.mild), excess(range.mild)};
  if (harmless.excess > 0) return {std::nullopt, fmt::format("already at {:g}", range.mild)};
  const double apart = range.whole ? 1.0 : closeness;
  while (std::abs(harmful.position - harmless.position) > apart) {
    double middle = (harmful.position + harmless.position) / 2;
    if (range.whole) middle = std::floor(middle);
    const Point between{middle, excess(setting(middle))};
    (between.excess > 0 ? harmful : harmless) = between;
  }
  const double part = harmless.excess / (harmless.excess - harmful.excess);
  return {setting(harmless.position + part * (harmful.position - harmless.position))};
}

}  // namespace mho::analysis
