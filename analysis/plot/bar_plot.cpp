#include "analysis/plot/bar_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "analysis/plot/plot.h"

namespace mho::analysis {

namespace {

constexpr double least_labels_width = 190, letter_width = 8, panel_width = 370, gap = 40, note_width = 130;
constexpr double bars_top = 88, row_height = 25, bar_height = 15, below = 60;
constexpr const char* bar_colour = "#34699a";
constexpr const char* whisker_colour = "#b5701c";

/// Room between the frame's ends; the notes of the longest bars stand in it too.
constexpr double scale_width = panel_width - note_width;

void check(const BarPanel& panel, std::size_t rows) {
  const auto bad = [](const std::optional<double>& number) { return number && !std::isfinite(*number); };
  const bool numbers = std::ranges::none_of(panel.bars, [&](const Bar& bar) { return bad(bar.value) || bad(bar.low) || bad(bar.high); });
  if (panel.bars.size() != rows || !numbers) throw std::logic_error("bars_svg: a bar is missing or not finite");
}

std::string panel_text(const BarPanel& panel, double left, double bottom) {
  double low = 0, high = 0;
  for (const Bar& bar : panel.bars) {
    for (const auto& number : {bar.value, bar.low, bar.high}) {
      low = std::min(low, number.value_or(0));
      high = std::max(high, number.value_or(0));
    }
  }
  if (high == low) high = low + 1;
  const auto at = [&](double value) { return left + scale_width * (value - low) / (high - low); };
  std::string out = fmt::format("<text class=\"title\" x=\"{}\" y=\"{}\">{}</text>\n", left, bars_top - 18, escaped(panel.title));
  constexpr int ticks = 5;
  const auto marks = round_ticks(low, high, ticks);
  for (const double mark : marks) {
    out += fmt::format("<path class=\"grid\" d=\"M{0:.2f} {1}V{2}\"/><text class=\"middle\" x=\"{0:.2f}\" y=\"{3}\">{4}</text>\n", at(mark),
                       bars_top - 6, bottom, bottom + 18, tick_text(mark, marks.size() > 1 ? marks[1] - marks[0] : 1.0));
  }
  out += fmt::format("<text class=\"middle\" x=\"{}\" y=\"{}\">{}</text>\n", left + scale_width / 2, bottom + 42, escaped(panel.x_title));
  for (std::size_t i = 0; i < panel.bars.size(); ++i) {
    const Bar& bar = panel.bars[i];
    const double middle = bars_top + row_height * (static_cast<double>(i) + 0.5);
    double end = at(0);
    if (bar.value) {
      const double first = std::min(at(0), at(*bar.value)), last = std::max(at(0), at(*bar.value));
      out += fmt::format("<rect class=\"bar\" x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{}\"/>\n", first, middle - bar_height / 2,
                         last - first, bar_height);
      end = last;
    }
    if (bar.low && bar.high) {
      out += fmt::format("<path class=\"whisker\" d=\"M{0:.2f} {1:.2f}H{2:.2f}M{0:.2f} {3:.2f}v6M{2:.2f} {3:.2f}v6\"/>\n", at(*bar.low), middle,
                         at(*bar.high), middle - 3);
      end = std::max(end, at(*bar.high));
    }
    out += fmt::format("<text class=\"note\" x=\"{:.2f}\" y=\"{:.2f}\">{}</text>\n", end + 6, middle + 4.5, escaped(bar.note));
  }
  return out + fmt::format("<path class=\"axis\" d=\"M{0:.2f} {1}V{2}\"/>\n", at(0), bars_top - 6, bottom);
}

}  // namespace

std::string bars_svg(const std::string& headline, const std::vector<std::string>& labels, const std::vector<BarPanel>& panels) {
  if (labels.empty() || panels.empty()) throw std::logic_error("bars_svg: nothing to show");
  for (const BarPanel& panel : panels) check(panel, labels.size());
  double labels_width = least_labels_width;
  for (const std::string& label : labels) labels_width = std::max(labels_width, letter_width * static_cast<double>(label.size()) + 24);
  const double bottom = bars_top + row_height * static_cast<double>(labels.size()) + 6;
  const double width = labels_width + static_cast<double>(panels.size()) * (panel_width + gap);
  std::string out = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" font-family="Helvetica, Arial, sans-serif" font-size="14">
<style>
  text {{ fill: #111; }}
  .label {{ text-anchor: end; }}
  .middle {{ text-anchor: middle; }}
  .note {{ font-size: 12px; fill: #444; }}
  .title {{ font-size: 15px; font-weight: bold; }}
  .headline {{ font-size: 17px; font-weight: bold; text-anchor: middle; }}
  .grid {{ stroke: #ddd; }}
  .axis {{ stroke: #444; }}
  .bar {{ fill: {2}; fill-opacity: 0.8; }}
  .whisker {{ fill: none; stroke: {3}; stroke-width: 1.6; }}
</style>
<rect width="{0}" height="{1}" fill="#fff"/>
<text class="headline" x="{4}" y="32">{5}</text>
)",
      width, bottom + below, bar_colour, whisker_colour, width / 2, escaped(headline));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    out += fmt::format("<text class=\"label\" x=\"{}\" y=\"{:.2f}\">{}</text>\n", labels_width - 12,
                       bars_top + row_height * (static_cast<double>(i) + 0.5) + 4.5, escaped(labels[i]));
  }
  for (std::size_t p = 0; p < panels.size(); ++p) {
    out += panel_text(panels[p], labels_width + static_cast<double>(p) * (panel_width + gap), bottom);
  }
  return out + "</svg>\n";
}

}  // namespace mho::analysis
