#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/query/reader.h"

namespace mho::analysis {

/// An axis of a front: the figure, and whether larger values are better.
struct FrontAxis {
  std::string column{};  ///< column of v_run, or the key of a parameter
  std::string unit{};
  bool more_is_better = false;
};

/// A run in the plane of two figures, with known intervals.
struct FrontPoint {
  std::int64_t run = 0;
  std::string name{};
  double x = 0, y = 0;
  std::optional<double> x_low{}, x_high{}, y_low{}, y_high{};  ///< band of 90 % of chips; for a mean accuracy its 95 % interval
  bool on_front = false;
  bool knee = false;
};

struct Front {
  FrontAxis x{}, y{};
  std::vector<FrontPoint> points{};  ///< points on the front first, from the best x on; then the others by number
  std::int64_t left_out = 0;         ///< number of runs that were refused or lack a figure
  std::size_t works = 0;             ///< number of different pairs of network and data; a front compares chips for the same work
};

struct FrontRequest {
  std::string x{}, y{};
  std::vector<std::string> more{}, less{};  ///< columns for which larger, or smaller, values are better, against the default
  std::optional<std::string> where{};
};

/// The Pareto front: runs for which no other run is better in one figure and at least as good in the other. The knee is the point of the front that
/// is farthest from the line between its ends, with logarithmic axes for figures that span more than a decade. Throws UserError with code usage for
/// an unknown column, a column that is not numeric, and if no run has both figures.
Front pareto_front(const Reader& reader, const FrontRequest& request);

/// The front as the text of an SVG file: points with their bars, the front as steps, the knee marked.
std::string front_svg(const Front& front, const std::string& headline);

}  // namespace mho::analysis
