#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mho::analysis {

struct Bar {
  std::optional<double> value;      ///< empty: no bar, the note alone
  std::optional<double> low, high;  ///< an interval around it, drawn as a whisker
  std::string note;                 ///< behind its end
};

/// Horizontal bars from 0, one for each label of the plot.
struct BarPanel {
  std::string title, x_title;
  std::vector<Bar> bars;
};

/// Panels beside each other whose bars share one column of labels, as the text of an SVG file. Every panel needs a bar for every label, all numbers
/// finite.
std::string bars_svg(const std::string& headline, const std::vector<std::string>& labels, const std::vector<BarPanel>& panels);

}  // namespace mho::analysis
