#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mho::analysis {

struct Bar {
  std::string name;
  std::optional<double> value;          ///< empty: no bar, only the note
  std::optional<double> low{}, high{};  ///< interval around the value, drawn as a whisker
  std::string note{};                   ///< text after the end of the bar
};

/// Horizontal bars from 0, in the order given.
struct BarPanel {
  std::string title, x_title;
  std::vector<Bar> bars;
};

/// Panels below each other, as the text of an SVG file. Every panel needs a bar; all numbers must be finite. Long names are shortened in the middle.
std::string bars_svg(const std::string& headline, const std::vector<BarPanel>& panels);

/// Sorts bars by value, stably; bars without a value are last.
void sort_bars(std::vector<Bar>& bars, bool largest_first);

}  // namespace mho::analysis
