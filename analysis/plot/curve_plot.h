#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/plot/look.h"

namespace mho::analysis {

/// A point of a curve, with an interval around it if known.
struct CurvePoint {
  double x = 0, y = 0;
  std::optional<double> low{}, high{};
};

/// Points joined by a line.
struct Curve {
  std::string name;
  std::vector<CurvePoint> points;
};

struct CurveTitles {
  Heading heading;
  std::string x_title, y_title;  ///< axes with their units
};

/// From x on, points do not count: this part of the frame is shaded and named.
struct CurveEnd {
  double x = 0;
  std::string name;
};

/// Curves in one frame, x from 0, y logarithmic, as the text of an SVG file. At most four curves, each with at least one point; all numbers finite, x
/// >= 0, y > 0.
std::string curves_svg(const CurveTitles& titles, const std::vector<Curve>& curves, const std::optional<CurveEnd>& end = {});

}  // namespace mho::analysis
