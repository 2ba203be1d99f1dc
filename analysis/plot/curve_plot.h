#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/plot/look.h"

namespace mho::analysis {

/// A point of a curve, with an interval around it where one is known.
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

/// From here on, to the right, no point counts: drawn as a shaded part of the frame with its name.
struct CurveEnd {
  double x = 0;
  std::string name;
};

/// Curves in one frame, x from 0, y logarithmic, as the text of an SVG file. Every curve needs a point, all finite, x not negative and y above 0; up
/// to four curves.
std::string curves_svg(const CurveTitles& titles, const std::vector<Curve>& curves, const std::optional<CurveEnd>& end = {});

}  // namespace mho::analysis
