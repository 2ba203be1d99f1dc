#pragma once

#include <string>
#include <vector>

namespace mho::analysis {

/// Points with equal axes and the diagonal, on which a point lies when both agree. Titles carry the units.
struct Scatter {
  std::string title, x_title, y_title;
  std::vector<double> x, y;
};

/// Shares of values in equal bins; beside them the normal distribution of the same mean and deviation. What lies more than 5 deviations off is
/// counted in words only.
struct Histogram {
  std::string title, x_title, y_title;
  std::vector<double> values;
};

/// The two beside each other under one headline, as the text of an SVG file. Every list needs a value, all finite.
std::string plot_svg(const std::string& headline, const Scatter& scatter, const Histogram& histogram);

}  // namespace mho::analysis
