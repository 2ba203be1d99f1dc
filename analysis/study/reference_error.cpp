#include "analysis/study/reference_error.h"

#include <algorithm>
#include <cmath>

namespace mho::analysis {

namespace {

tiles::TileParameters reference_tile(base::Config config) {
  for (const char* assignment : {"tile.rows=512", "tile.columns=512", "tile.mapping.scale=none"}) config.set(assignment);
  return tiles::TileParameters::read(config);
}

}  // namespace

ReferenceError::ReferenceError(base::Config design, TileStudyOptions options)
    : design_(std::move(design)), tiles_(reference_tile(ideal_tile(design_)), std::move(options)) {}

double ReferenceError::measured(const Nonideality& nonideality, double value) {
  const auto [found, fresh] = errors_.try_emplace({nonideality.name, value});
  constexpr double least = 1e-12;
  if (fresh) found->second = std::max(least, tiles_.relative_error(reference_tile(ideal_but(design_, nonideality, value))));
  return found->second;
}

double ReferenceError::at(const Nonideality& nonideality, double value) {
  if (!nonideality.range.whole) return measured(nonideality, value);
  const double below = std::floor(value), part = value - below;
  if (part == 0) return measured(nonideality, below);
  return std::exp((1 - part) * std::log(measured(nonideality, below)) + part * std::log(measured(nonideality, below + 1)));
}

ThresholdSearch ReferenceError::value_for(const Nonideality& nonideality, double error) {
  // The error is nearly a power of the setting, so linear interpolation between logarithms is accurate over a wide interval.
  constexpr double closeness = 0.1;
  return search_threshold(
      nonideality.range, [&](double value) { return std::log(measured(nonideality, value) / error); }, closeness);
}

}  // namespace mho::analysis
