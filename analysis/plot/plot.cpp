#include "analysis/plot/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "analysis/plot/look.h"

namespace mho::analysis {

namespace {

constexpr double picture_width = 920, picture_height = 500;
constexpr double panel_top = 92, panel_size = 322;  ///< of each panel's frame
constexpr double scatter_left = 100, histogram_left = 578;
constexpr const char* point_colour = series_colours[0];
constexpr const char* line_colour = series_colours[4];
constexpr int panel_ticks = 4;  ///< limited by the room for their texts

struct Range {
  double low = 0, high = 1;
};

Frame panel(double left, Axis x, Axis y) {
  return {.left = left,
          .top = panel_top,
          .width = panel_size,
          .height = panel_size,
          .x = std::move(x),
          .y = std::move(y),
          .letters = Letters(picture_width)};
}

std::string panel_title(const Frame& frame, const std::string& title) {
  return fmt::format("<text class=\"middle\" x=\"{}\" y=\"{}\">{}</text>\n", frame.left + frame.width / 2, frame.top - 12, escaped(title));
}

std::string scatter_panel(const Scatter& scatter) {
  const auto [x_low, x_high] = std::ranges::minmax(scatter.x);
  const auto [y_low, y_high] = std::ranges::minmax(scatter.y);
  const double low = std::min(x_low, y_low), high = std::max(x_high, y_high);
  const Frame frame = panel(scatter_left, linear_axis(scatter.x_title, low, high, panel_ticks), linear_axis(scatter.y_title, low, high, panel_ticks));
  std::string out = frame.text();
  out += fmt::format("<path class=\"line\" stroke=\"{}\" d=\"M{} {}L{} {}\"/>\n", line_colour, frame.left, frame.bottom(), frame.left + frame.width,
                     frame.top);
  out += fmt::format("<g fill=\"{}\" fill-opacity=\"0.45\">\n", point_colour);
  for (std::size_t i = 0; i < scatter.x.size(); ++i) {
    out += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"1.8\"/>\n", frame.page_x(scatter.x[i]), frame.page_y(scatter.y[i]));
  }
  return out + "</g>\n" + panel_title(frame, scatter.title);
}

/// The normal distribution over the bins, in % of all values.
std::string normal_path(const Frame& frame, const Range& x, double mean, double deviation, double peak) {
  constexpr int steps = 120;
  std::string path;
  for (int k = 0; k <= steps; ++k) {
    const double value = x.low + (x.high - x.low) * k / steps;
    const double z = (value - mean) / deviation;
    path += fmt::format("{}{:.2f} {:.2f}", k == 0 ? "M" : "L", frame.page_x(value), frame.page_y(peak * std::exp(-0.5 * z * z)));
  }
  return fmt::format("<path class=\"line\" stroke=\"{}\" d=\"{}\"/>\n", line_colour, path);
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
  // Limit the range: a few clipped outputs far away would compress all the others into a line.
  constexpr double widest = 5;  // in standard deviations
  Range x{std::max(low, mean - widest * deviation), std::min(high, mean + widest * deviation)};
  if (!(x.high > x.low)) {
    const double room = std::max(1e-9, 0.04 * std::abs(x.low));
    x = {x.low - room, x.high + room};
  }
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
  const Frame frame = panel(histogram_left, linear_axis(histogram.x_title, x.low, x.high, panel_ticks),
                            linear_axis(histogram.y_title, 0, std::max(peak, *std::ranges::max_element(shares)), panel_ticks));
  std::string out = frame.text() + fmt::format("<g fill=\"{}\" fill-opacity=\"0.7\">\n", point_colour);
  for (std::size_t b = 0; b < bins; ++b) {
    if (shares[b] == 0.0) continue;
    const double left = frame.page_x(x.low + static_cast<double>(b) * bin), right = frame.page_x(x.low + static_cast<double>(b + 1) * bin);
    const double top = frame.page_y(shares[b]);
    out += fmt::format("<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"/>\n", left, top, right - left, frame.bottom() - top);
  }
  out += "</g>\n";
  if (deviation > 0) out += normal_path(frame, x, mean, deviation, peak);
  double line = frame.top + frame.letters.text;
  const auto note = [&](const std::string& text, const char* more) {
    out += fmt::format("<text class=\"note\" x=\"{}\" y=\"{:.1f}\"{}>{}</text>\n", frame.left + 8, line, more, text);
    line += frame.letters.text;
  };
  note(fmt::format("mean {:.3g}", mean), "");
  note(fmt::format("std {:.3g}", deviation), "");
  note("normal", " style=\"fill: #a34700\"");
  if (outside > 0) note(fmt::format("{:.2g} % beyond", outside), "");
  return out + panel_title(frame, histogram.title);
}

void check(const std::vector<double>& values) {
  if (values.empty() || !std::ranges::all_of(values, [](double v) { return std::isfinite(v); })) {
    throw std::logic_error("plot_svg: no values, or one that is not finite");
  }
}

}  // namespace

std::string plot_svg(const std::string& headline, const Scatter& scatter, const Histogram& histogram) {
  for (const auto* values : {&scatter.x, &scatter.y, &histogram.values}) check(*values);
  if (scatter.x.size() != scatter.y.size()) throw std::logic_error("plot_svg: points need as many x as y");
  return svg_begin(picture_width, picture_height, {headline}) + scatter_panel(scatter) + histogram_panel(histogram) + "</svg>\n";
}

}  // namespace mho::analysis
