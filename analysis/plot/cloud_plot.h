#pragma once

#include <string>
#include <vector>

namespace mho::analysis {

/// A point of a cloud.
struct CloudPoint {
  double x = 0, y = 0;
  std::string group;  ///< sets colour and shape
  std::string name;   ///< shown beside the point and on hover; empty: none
};

struct CloudTitles {
  std::string headline, x_title, y_title;  ///< axes with their units
};

/// Points in one frame with logarithmic axes, as the text of an SVG file. Groups have colours and shapes; the legend lists them in the given order.
/// At least one point, all coordinates above 0 and finite; at most six groups. Named points are drawn last and larger.
std::string cloud_svg(const CloudTitles& titles, const std::vector<std::string>& groups, const std::vector<CloudPoint>& points);

}  // namespace mho::analysis
