#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/query/reader.h"

namespace mho::analysis {

/// Which figure, and whether more of it is better.
struct FrontAxis {
  std::string column{};  ///< of v_run, or the key of a parameter
  std::string unit{};
  bool more_is_better = false;
};

/// A run in the plane of two figures, with what is known of their intervals.
struct FrontPoint {
  std::int64_t run = 0;
  std::string name{};
  double x = 0, y = 0;
  std::optional<double> x_low{}, x_high{}, y_low{}, y_high{};  ///< band of 90 % of chips; of a mean accuracy its 95 % interval
  bool on_front = false;
  bool knee = false;
};

struct Front {
  FrontAxis x{}, y{};
  std::vector<FrontPoint> points{};  ///< those on the front first, from the best x on; then the others by number
  std::int64_t left_out = 0;         ///< runs that were refused, or have no such figure
  std::size_t works = 0;             ///< pairs of network and data that the points are of; a front compares chips that do the same work
};

struct FrontRequest {
  std::string x{}, y{};
  std::vector<std::string> more{}, less{};  ///< columns of which more, or less, is better, against what is usual
  std::optional<std::string> where{};
};

/// Runs that no other is better than in one figure and at least as good in the other. The knee is the point of the front that lies farthest from the
/// line between its ends, on logarithmic axes where a figure spans more than a decade. Throws UserError (code usage): unknown column, a column that
/// is no number, no run that has both.
Front pareto_front(const Reader& reader, const FrontRequest& request);

/// As the text of an SVG file: points with their bars, the front as steps, the knee marked.
std::string front_svg(const Front& front, const std::string& headline);

}  // namespace mho::analysis
