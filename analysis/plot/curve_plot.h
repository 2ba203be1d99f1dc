#pragma once

#include <string>
#include <vector>

namespace mho::analysis {

/// Points joined by a line.
struct Curve {
  std::string name;
  std::vector<double> x, y;
};

struct CurveTitles {
  std::string headline, x_title, y_title;  ///< axes with their units
};

/// Curves in one frame, both axes from 0, as the text of an SVG file. Every curve needs a point, all finite and not negative; up to four curves.
std::string curves_svg(const CurveTitles& titles, const std::vector<Curve>& curves);

}  // namespace mho::analysis
