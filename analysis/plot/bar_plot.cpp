#include "analysis/plot/bar_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "analysis/plot/look.h"
#include "base/printable.h"

namespace mho::analysis {

namespace {

constexpr double bars_width = 660, bars_begin = 46, row_height = 24, bar_height = 14, below_bars = 66, note_width = 158, most_names_width = 210;
constexpr int bar_ticks = 4;

void check(const BarPanel& panel) {
  const auto bad = [](const std::optional<double>& number) { return number && !std::isfinite(*number); };
  const bool numbers = std::ranges::none_of(panel.bars, [&](const Bar& bar) { return bad(bar.value) || bad(bar.low) || bad(bar.high); });
  if (panel.bars.empty() || !numbers) throw std::logic_error("bars_svg: a bar is missing or not finite");
}

/// An axis that contains 0 and the ends of bars and whiskers.
Axis axis_of(const BarPanel& panel) {
  double low = 0, high = 0;
  for (const Bar& bar : panel.bars) {
    for (const auto& number : {bar.value, bar.low, bar.high}) {
      low = std::min(low, number.value_or(0));
      high = std::max(high, number.value_or(0));
    }
  }
  return linear_axis(panel.x_title, low, high > low ? high : 1, bar_ticks);
}

/// Positions of names, bars and rows.
struct BarsPlace {
  Letters letters{bars_width};
  double left = 0;  ///< left end of the axis
  double right = bars_width - note_width;
  std::size_t most = 0;  ///< largest number of letters of a name
};

BarsPlace place_of(const std::vector<BarPanel>& panels) {
  BarsPlace place;
  std::size_t longest = 0;
  for (const BarPanel& panel : panels) {
    for (const Bar& bar : panel.bars) longest = std::max(longest, base::character_count(bar.name));
  }
  const double names = std::min(Letters::width_of(longest, place.letters.text), most_names_width);
  place.left = names + 2 * place.letters.text;
  place.most = static_cast<std::size_t>(most_names_width / Letters::width_of(1, place.letters.text));
  return place;
}

std::string row_text(const Bar& bar, double middle, const BarsPlace& place, const Axis& axis) {
  const auto at = [&](double value) { return place.left + (place.right - place.left) * axis.share(value); };
  const double base_line = middle + place.letters.text / 3;
  std::string out = fmt::format("<text class=\"end\" x=\"{:.2f}\" y=\"{:.2f}\">{}</text>\n", place.left - place.letters.text / 2, base_line,
                                name_text(bar.name, place.most));
  double end = at(0);
  if (bar.value) {
    const double first = std::min(at(0), at(*bar.value));
    end = std::max(at(0), at(*bar.value));
    out += fmt::format("<rect class=\"bar\" x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{}\" fill=\"{}\" fill-opacity=\"0.85\"/>\n", first,
                       middle - bar_height / 2, end - first, bar_height, series_colours[0]);
  }
  if (bar.low && bar.high) {
    out += fmt::format("<path class=\"whisker\" d=\"M{0:.2f} {1:.2f}H{2:.2f}M{0:.2f} {3:.2f}v8M{2:.2f} {3:.2f}v8\"/>\n", at(*bar.low), middle,
                       at(*bar.high), middle - 4);
    end = std::max(end, at(*bar.high));
  }
  return out + fmt::format("<text class=\"note\" x=\"{:.2f}\" y=\"{:.2f}\">{}</text>\n", end + place.letters.text / 2, base_line, escaped(bar.note));
}

std::string panel_text(const BarPanel& panel, double top, const BarsPlace& place) {
  const Axis axis = axis_of(panel);
  const double width = place.right - place.left, line = place.letters.text;
  const double first = top + 1.8 * line, bottom = first + row_height * static_cast<double>(panel.bars.size());
  const auto at = [&](double value) { return place.left + width * axis.share(value); };
  std::string out = fmt::format("<text class=\"title\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", line, top + line, escaped(panel.title));
  for (const double tick : axis.ticks) {
    out +=
        fmt::format("<path class=\"grid\" d=\"M{0:.2f} {1:.2f}V{2:.2f}\"/><path class=\"tick\" d=\"M{0:.2f} {2:.2f}v5\"/>", at(tick), first, bottom);
    out += fmt::format("<text class=\"middle\" x=\"{:.2f}\" y=\"{:.2f}\">{}</text>\n", at(tick), bottom + 5 + line, axis.text(tick));
  }
  out += fmt::format("<path class=\"axis\" d=\"M{:.2f} {:.2f}H{:.2f}\"/>\n", place.left, bottom, place.right);
  out += fmt::format("<text class=\"middle\" x=\"{:.2f}\" y=\"{:.2f}\">{}</text>\n", place.left + width / 2, bottom + 5 + 2.4 * line,
                     escaped(axis.title));
  for (std::size_t i = 0; i < panel.bars.size(); ++i) {
    out += row_text(panel.bars[i], first + row_height * (static_cast<double>(i) + 0.5), place, axis);
  }
  return out + fmt::format("<path class=\"axis\" d=\"M{:.2f} {:.2f}V{:.2f}\"/>\n", at(0), first, bottom);
}

double height_of(const BarPanel& panel) { return row_height * static_cast<double>(panel.bars.size()) + 1.8 * Letters(bars_width).text + below_bars; }

}  // namespace

void sort_bars(std::vector<Bar>& bars, bool largest_first) {
  std::ranges::stable_sort(bars, [&](const Bar& a, const Bar& b) {
    if (!a.value || !b.value) return a.value.has_value() && !b.value;
    return largest_first ? *a.value > *b.value : *a.value < *b.value;
  });
}

std::string bars_svg(const std::string& headline, const std::vector<BarPanel>& panels) {
  if (panels.empty()) throw std::logic_error("bars_svg: nothing to show");
  double height = bars_begin;
  for (const BarPanel& panel : panels) {
    check(panel);
    height += height_of(panel);
  }
  const BarsPlace place = place_of(panels);
  std::string out = svg_begin(bars_width, height, {headline});
  double top = bars_begin;
  for (const BarPanel& panel : panels) {
    out += panel_text(panel, top, place);
    top += height_of(panel);
  }
  return out + "</svg>\n";
}

}  // namespace mho::analysis
