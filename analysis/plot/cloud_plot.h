#pragma once

#include <string>
#include <vector>

namespace mho::analysis {

/// A point of a cloud.
struct CloudPoint {
  double x = 0, y = 0;
  std::string group;  ///< its colour and shape
  std::string name;   ///< beside it, and shown on hover; empty: none
};

struct CloudTitles {
  std::string headline, x_title, y_title;  ///< axes with their units
};

/// Points in one frame with logarithmic axes, groups by colour and shape with a legend in the order given, as the text of an SVG file. At least one
/// point, all above 0 and finite; at most six groups. Named points are drawn last, larger.
std::string cloud_svg(const CloudTitles& titles, const std::vector<std::string>& groups, const std::vector<CloudPoint>& points);

}  // namespace mho::analysis
