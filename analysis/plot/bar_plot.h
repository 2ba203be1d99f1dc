#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mho::analysis {

struct Bar {
  std::string name;
  std::optional<double> value;          ///< empty: no bar, the note alone
  std::optional<double> low{}, high{};  ///< an interval around it, drawn as a whisker
  std::string note{};                   ///< behind its end
};

/// Horizontal bars from 0, in the order given.
struct BarPanel {
  std::string title, x_title;
  std::vector<Bar> bars;
};

/// Panels below each other, as the text of an SVG file. Every panel needs a bar, all numbers finite. Long names lose their middle.
std::string bars_svg(const std::string& headline, const std::vector<BarPanel>& panels);

/// By value, bars without one last, ties in the order they had.
void sort_bars(std::vector<Bar>& bars, bool largest_first);

}  // namespace mho::analysis
