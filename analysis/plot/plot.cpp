#include "analysis/plot/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <stdexcept>
#include <string_view>

#include "base/printable.h"

namespace mho::analysis {

namespace {

constexpr double picture_width = 920, picture_height = 450;
constexpr double frame_top = 78, frame_size = 310;  ///< of each panel's frame
constexpr double scatter_left = 90, histogram_left = 550;
constexpr double tick_length = 5;
constexpr const char* point_colour = "#34699a";
constexpr const char* line_colour = "#b5701c";

struct Range {
  double low = 0, high = 1;
};

/// A frame on the page and what its axes mean.
struct Panel {
  double left = 0;
  Range x, y;
  [[nodiscard]] double page_x(double value) const { return left + frame_size * (value - x.low) / (x.high - x.low); }
  [[nodiscard]] double page_y(double value) const { return frame_top + frame_size * (y.high - value) / (y.high - y.low); }
};

std::string axes(const Panel& panel, const std::string& title, const std::string& x_title, const std::string& y_title) {
  constexpr int ticks = 8;
  const double bottom = frame_top + frame_size;
  const double middle = panel.left + frame_size / 2;
  std::string out =
      fmt::format("<rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n", panel.left, frame_top, frame_size, frame_size);
  out += fmt::format("<text class=\"title\" x=\"{}\" y=\"{}\">{}</text>\n", middle, frame_top - 14, escaped(title));
  const auto x_ticks = round_ticks(panel.x.low, panel.x.high, ticks);
  const auto y_ticks = round_ticks(panel.y.low, panel.y.high, ticks);
  const auto step = [](const std::vector<double>& list) { return list.size() > 1 ? list[1] - list[0] : 1.0; };
  for (const double value : x_ticks) {
    const double at = panel.page_x(value);
    out += fmt::format("<path class=\"tick\" d=\"M{:.2f} {}v{}\"/><text x=\"{:.2f}\" y=\"{}\">{}</text>\n", at, bottom, tick_length, at, bottom + 20,
                       tick_text(value, step(x_ticks)));
  }
  for (const double value : y_ticks) {
    const double at = panel.page_y(value);
    out += fmt::format("<path class=\"tick\" d=\"M{} {:.2f}h{}\"/><text class=\"end\" x=\"{}\" y=\"{:.2f}\">{}</text>\n", panel.left, at,
                       -tick_length, panel.left - 9, at + 4.5, tick_text(value, step(y_ticks)));
  }
  out += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", middle, bottom + 44, escaped(x_title));
  const double y_title_at = panel.left - 52;
  const double y_middle = frame_top + frame_size / 2;
  out += fmt::format("<text x=\"{}\" y=\"{}\" transform=\"rotate(-90 {} {})\">{}</text>\n", y_title_at, y_middle, y_title_at, y_middle,
                     escaped(y_title));
  return out;
}

Range widened(Range range) {
  constexpr double margin = 0.04;
  const double length = range.high - range.low;
  const double more = length > 0 ? margin * length : std::max(1e-9, margin * std::abs(range.low));
  return {range.low - more, range.high + more};
}

std::string scatter_panel(const Scatter& scatter) {
  const auto [x_low, x_high] = std::ranges::minmax(scatter.x);
  const auto [y_low, y_high] = std::ranges::minmax(scatter.y);
  const Range both = widened({std::min(x_low, y_low), std::max(x_high, y_high)});
  const Panel panel{scatter_left, both, both};
  std::string out =
      fmt::format("<path class=\"line\" d=\"M{} {}L{} {}\"/>\n", panel.left, frame_top + frame_size, panel.left + frame_size, frame_top);
  out += "<g class=\"points\">\n";
  for (std::size_t i = 0; i < scatter.x.size(); ++i) {
    out += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"1.6\"/>\n", panel.page_x(scatter.x[i]), panel.page_y(scatter.y[i]));
  }
  return out + "</g>\n" + axes(panel, scatter.title, scatter.x_title, scatter.y_title);
}

std::string histogram_panel(const Histogram& histogram) {
  constexpr std::size_t bins = 50;
  const auto& values = histogram.values;
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double deviation = std::sqrt(squares / count);
  const auto [low, high] = std::ranges::minmax(values);
  // A few clipped outputs far away must not squeeze all the others into a line.
  constexpr double widest = 5;  // deviations
  Range x{std::max(low, mean - widest * deviation), std::min(high, mean + widest * deviation)};
  if (!(x.high > x.low)) x = widened(x);
  const double bin = (x.high - x.low) / bins;
  std::vector<double> shares(bins, 0.0);
  double outside = 0;
  for (const double value : values) {
    if (value < x.low || value > x.high) {
      outside += 100.0 / count;
      continue;
    }
    const auto at = static_cast<std::size_t>(std::clamp((value - x.low) / bin, 0.0, static_cast<double>(bins - 1)));
    shares[at] += 100.0 / count;
  }
  const double peak = deviation > 0 ? 100.0 * bin / (deviation * std::sqrt(2 * std::numbers::pi)) : 0.0;
  constexpr double headroom = 1.08;
  const Panel panel{histogram_left, x, {0.0, headroom * std::max(peak, *std::ranges::max_element(shares))}};
  std::string out = "<g class=\"bars\">\n";
  for (std::size_t b = 0; b < bins; ++b) {
    if (shares[b] == 0.0) continue;
    const double left = panel.page_x(x.low + static_cast<double>(b) * bin), top = panel.page_y(shares[b]);
    out += fmt::format("<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"/>\n", left, top, frame_size / bins, panel.page_y(0) - top);
  }
  out += "</g>\n";
  if (deviation > 0) {
    constexpr int steps = 120;
    std::string path;
    for (int k = 0; k <= steps; ++k) {
      const double value = x.low + (x.high - x.low) * k / steps;
      const double z = (value - mean) / deviation;
      path += fmt::format("{}{:.2f} {:.2f}", k == 0 ? "M" : "L", panel.page_x(value), panel.page_y(peak * std::exp(-0.5 * z * z)));
    }
    out += fmt::format("<path class=\"line\" d=\"{}\"/>\n", path);
  }
  const double note_x = panel.left + 12;
  out += fmt::format("<text class=\"note\" x=\"{}\" y=\"{}\">mean {:.3g}</text>\n", note_x, frame_top + 22, mean);
  out += fmt::format("<text class=\"note\" x=\"{}\" y=\"{}\">std {:.3g}</text>\n", note_x, frame_top + 40, deviation);
  out += fmt::format("<text class=\"note\" x=\"{}\" y=\"{}\" style=\"fill: {}\">normal</text>\n", note_x, frame_top + 58, line_colour);
  if (outside > 0) out += fmt::format("<text class=\"note\" x=\"{}\" y=\"{}\">{:.2g} % beyond</text>\n", note_x, frame_top + 76, outside);
  return out + axes(panel, histogram.title, histogram.x_title, histogram.y_title);
}

void check(const std::vector<double>& values) {
  if (values.empty() || !std::ranges::all_of(values, [](double v) { return std::isfinite(v); })) {
    throw std::logic_error("plot_svg: no values, or one that is not finite");
  }
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : base::printable(text)) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string tick_text(double value, double step) {
  const int digits = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  return fmt::format("{:.{}f}", std::abs(value) < step * 1e-6 ? 0.0 : value, digits);
}

std::vector<double> round_ticks(double low, double high, int count) {
  const double rough = (high - low) / count;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double round : {1.0, 2.0, 5.0}) {
    if (round * power >= rough * (1 - 1e-9)) {
      step = round * power;
      break;
    }
  }
  std::vector<double> ticks;
  for (double k = std::ceil(low / step - 1e-9); k * step <= high + step * 1e-9; ++k) ticks.push_back(k * step);
  return ticks;
}

std::string plot_svg(const std::string& headline, const Scatter& scatter, const Histogram& histogram) {
  for (const auto* values : {&scatter.x, &scatter.y, &histogram.values}) check(*values);
  if (scatter.x.size() != scatter.y.size()) throw std::logic_error("plot_svg: points need as many x as y");
  return fmt::format(
             R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" font-family="Helvetica, Arial, sans-serif" font-size="14">
<style>
  text {{ text-anchor: middle; fill: #111; }}
  .end {{ text-anchor: end; }}
  .note {{ text-anchor: start; }}
  .title {{ font-size: 16px; }}
  .headline {{ font-size: 17px; font-weight: bold; }}
  .frame {{ fill: none; stroke: #444; }}
  .tick {{ stroke: #444; }}
  .line {{ fill: none; stroke: {3}; stroke-width: 1.6; }}
  .points {{ fill: {2}; fill-opacity: 0.45; }}
  .bars {{ fill: {2}; fill-opacity: 0.7; }}
</style>
<rect width="{0}" height="{1}" fill="#fff"/>
<text class="headline" x="{4}" y="32">{5}</text>
)",
             picture_width, picture_height, point_colour, line_colour, picture_width / 2, escaped(headline)) +
         scatter_panel(scatter) + histogram_panel(histogram) + "</svg>\n";
}

}  // namespace mho::analysis
