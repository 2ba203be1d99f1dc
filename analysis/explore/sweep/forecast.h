#pragma once

#include <string>
#include <vector>

#include "analysis/explore/sweep/sweep.h"

namespace mho::analysis {

/// Rough forecast of the time for points: accuracy from the number of multiply-accumulates, exact wires as measured on this machine, simulations from
/// the number of flit-hops. Stored and cached results take no time.
struct Forecast {
  double seconds = 0;  ///< seconds for all points, one after the other
  struct Long {
    std::string settings{};
    double seconds = 0;
  };
  std::vector<Long> longest{};  ///< at most three of the points that take more than an hour each, the longest first
  std::int64_t long_points = 0;
};

/// Makes a forecast from a sample of the points, of which it reads networks and data. Throws UserError if none of them can be read.
Forecast forecast(const EvaluationTask& task, const std::vector<NumberedPoint>& points, const SweepSettings& settings);

/// Reports the forecast through settings.say if it is more than a minute.
void say_forecast(const EvaluationTask& task, const std::vector<NumberedPoint>& points, const SweepSettings& settings);

}  // namespace mho::analysis
