#include "analysis/plot/curve_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "analysis/plot/plot.h"

namespace mho::analysis {

namespace {

constexpr double curves_width = 720, curves_height = 450;
constexpr double curves_left = 84, curves_top = 56, frame_width = 600, frame_height = 320;
constexpr std::array<const char*, 4> colours{"#34699a", "#b5701c", "#3d7a4a", "#8a3d6f"};

double largest(const std::vector<Curve>& curves, std::vector<double> Curve::*axis) {
  double most = 0;
  for (const Curve& curve : curves) {
    const auto& values = curve.*axis;
    if (values.empty() || !std::ranges::all_of(values, [](double v) { return std::isfinite(v) && v >= 0; })) {
      throw std::logic_error("curves_svg: a curve without points, or one that is not finite");
    }
    most = std::max(most, *std::ranges::max_element(values));
  }
  constexpr double headroom = 1.06;
  return most > 0 ? headroom * most : 1;
}

}  // namespace

std::string curves_svg(const CurveTitles& titles, const std::vector<Curve>& curves) {
  if (curves.empty() || curves.size() > colours.size()) throw std::logic_error("curves_svg: one to four curves");
  constexpr int ticks = 8;
  constexpr double bottom = curves_top + frame_height;
  const double x_most = largest(curves, &Curve::x);
  const double y_most = largest(curves, &Curve::y);
  // Bold letters are about 0.58 of their height wide on the average.
  const double headline_size =
      std::min(16.0, 2 * (curves_width - curves_left - frame_width / 2) / (0.58 * static_cast<double>(titles.headline.size())));
  const auto page_x = [&](double value) { return curves_left + frame_width * value / x_most; };
  const auto page_y = [&](double value) { return bottom - frame_height * value / y_most; };
  std::string out = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" font-family="Helvetica, Arial, sans-serif" font-size="14">
<style>
  text {{ text-anchor: middle; fill: #111; }}
  .end {{ text-anchor: end; }}
  .name {{ text-anchor: start; }}
  .headline {{ font-size: {8:.1f}px; font-weight: bold; }}
  .frame {{ fill: none; stroke: #444; }}
  .tick {{ stroke: #444; }}
  .curve {{ fill: none; stroke-width: 1.8; }}
</style>
<rect width="{0}" height="{1}" fill="#fff"/>
<text class="headline" x="{2}" y="32">{3}</text>
<rect class="frame" x="{4}" y="{5}" width="{6}" height="{7}"/>
)",
      curves_width, curves_height, curves_left + frame_width / 2, escaped(titles.headline), curves_left, curves_top, frame_width, frame_height,
      headline_size);
  const auto x_ticks = round_ticks(0, x_most, ticks);
  const auto y_ticks = round_ticks(0, y_most, ticks);
  for (const double value : x_ticks) {
    out += fmt::format("<path class=\"tick\" d=\"M{0:.2f} {1}v5\"/><text x=\"{0:.2f}\" y=\"{2}\">{3}</text>\n", page_x(value), bottom, bottom + 20,
                       tick_text(value, x_ticks[1] - x_ticks[0]));
  }
  for (const double value : y_ticks) {
    out += fmt::format("<path class=\"tick\" d=\"M{0} {1:.2f}h-5\"/><text class=\"end\" x=\"{2}\" y=\"{3:.2f}\">{4}</text>\n", curves_left,
                       page_y(value), curves_left - 9, page_y(value) + 4.5, tick_text(value, y_ticks[1] - y_ticks[0]));
  }
  out += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", curves_left + frame_width / 2, bottom + 44, escaped(titles.x_title));
  out += fmt::format("<text x=\"{0}\" y=\"{1}\" transform=\"rotate(-90 {0} {1})\">{2}</text>\n", curves_left - 56, curves_top + frame_height / 2,
                     escaped(titles.y_title));
  for (std::size_t i = 0; i < curves.size(); ++i) {
    std::string path, points;
    for (std::size_t k = 0; k < curves[i].x.size(); ++k) {
      path += fmt::format("{}{:.2f} {:.2f}", k == 0 ? "M" : "L", page_x(curves[i].x[k]), page_y(curves[i].y[k]));
      points +=
          fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"3\" fill=\"{}\"/>\n", page_x(curves[i].x[k]), page_y(curves[i].y[k]), colours[i]);
    }
    out += fmt::format("<path class=\"curve\" stroke=\"{}\" d=\"{}\"/>\n{}", colours[i], path, points);
    const double name_y = curves_top + 24 + 20 * static_cast<double>(i);
    out += fmt::format("<text class=\"name\" x=\"{}\" y=\"{}\" style=\"fill: {}\">{}</text>\n", curves_left + 14, name_y, colours[i],
                       escaped(curves[i].name));
  }
  return out + "</svg>\n";
}

}  // namespace mho::analysis
