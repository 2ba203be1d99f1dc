#pragma once

#include <string>
#include <vector>

namespace mho::analysis {

/// Points with equal axes and a diagonal: a point on it has equal x and y. Titles carry the units.
struct Scatter {
  std::string title, x_title, y_title;
  std::vector<double> x, y;
};

/// Shares of values in equal bins, with the normal distribution of the same mean and standard deviation. Values more than 5 standard deviations away
/// are only counted in the text.
struct Histogram {
  std::string title, x_title, y_title;
  std::vector<double> values;
};

/// Scatter and histogram side by side under one headline, as the text of an SVG file. Every list needs at least one value, all finite.
std::string plot_svg(const std::string& headline, const Scatter& scatter, const Histogram& histogram);

}  // namespace mho::analysis
