#pragma once

#include <string>
#include <vector>

#include "analysis/explore/sweep/sweep.h"

namespace mho::analysis {

/// How long points will take, roughly: what an accuracy takes by multiply-accumulate, exact wires as measured here, a simulation by packets; nothing
/// where the database holds it.
struct Forecast {
  double seconds = 0;  ///< of all points, one after the other
  struct Long {
    std::string settings{};
    double seconds = 0;
  };
  std::vector<Long> longest{};  ///< points that take more than an hour each, the longest first; a few
  std::int64_t long_points = 0;
};

/// Reads the networks and data of the points. Throws UserError where none of them can be read.
Forecast forecast(const EvaluationTask& task, const std::vector<NumberedPoint>& points, const SweepSettings& settings);

/// Says it by settings.say where it is more than a minute.
void say_forecast(const EvaluationTask& task, const std::vector<NumberedPoint>& points, const SweepSettings& settings);

}  // namespace mho::analysis
