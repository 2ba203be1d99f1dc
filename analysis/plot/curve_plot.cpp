#include "analysis/plot/curve_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace mho::analysis {

namespace {

constexpr double curves_width = 720, curves_frame_height = 356;
constexpr double curves_left = 88, curves_frame_width = 606, below_frame = 72;
constexpr std::size_t most_curves = 4;

std::string curve_text(const Curve& curve, const Frame& frame, const char* colour) {
  std::string path, points;
  for (const CurvePoint& point : curve.points) {
    const double x = frame.page_x(point.x), y = frame.page_y(point.y);
    path += fmt::format("{}{:.2f} {:.2f}", path.empty() ? "M" : "L", x, y);
    if (point.low && point.high && *point.high > *point.low) {
      const double bottom = frame.page_y(std::max(*point.low, frame.y.low)), top = frame.page_y(*point.high);
      points += fmt::format("<path class=\"whisker\" d=\"M{0:.2f} {1:.2f}V{2:.2f}M{3:.2f} {1:.2f}h8M{3:.2f} {2:.2f}h8\"/>\n", x, bottom, top, x - 4);
    }
    points += fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"3.5\" fill=\"{}\"><title>{}: {:.4g} at {:.4g}</title></circle>\n", x, y, colour,
                          escaped(curve.name), point.y, point.x);
  }
  return fmt::format("<path class=\"line curve\" stroke=\"{}\" d=\"{}\"/>\n{}", colour, path, points);
}

}  // namespace

std::string curves_svg(const CurveTitles& titles, const std::vector<Curve>& curves, const std::optional<CurveEnd>& end) {
  if (curves.empty() || curves.size() > most_curves) throw std::logic_error("curves_svg: one to four curves");
  // The axis extends past the end, so that the region beyond it is visible.
  constexpr double beyond = 1.1;
  double x_most = end ? beyond * end->x : 0, y_least = 0, y_most = 0;
  for (const Curve& curve : curves) {
    if (curve.points.empty()) throw std::logic_error("curves_svg: a curve without points");
    for (const CurvePoint& point : curve.points) {
      if (!(std::isfinite(point.x) && point.x >= 0 && std::isfinite(point.y) && point.y > 0))
        throw std::logic_error("curves_svg: a point that no axis has");
      x_most = std::max(x_most, point.x);
      y_most = std::max({y_most, point.y, point.high.value_or(0)});
      y_least = y_least > 0 ? std::min(y_least, point.y) : point.y;
    }
  }
  constexpr int ticks = 8;
  const Frame frame{.left = curves_left,
                    .top = titles.heading.height(curves_width),
                    .width = curves_frame_width,
                    .height = curves_frame_height,
                    .x = linear_axis(titles.x_title, 0, x_most > 0 ? x_most : 1, ticks),
                    .y = logarithmic_axis(titles.y_title, y_least, y_most),
                    .letters = Letters(curves_width)};
  std::string out = svg_begin(curves_width, frame.bottom() + below_frame, titles.heading);
  const double line = frame.letters.text;
  if (end) {
    const double x = frame.page_x(end->x);
    out += fmt::format("<rect class=\"beyond\" x=\"{:.2f}\" y=\"{}\" width=\"{:.2f}\" height=\"{}\" fill=\"#eee\"/>\n", x, frame.top,
                       frame.left + frame.width - x, frame.height);
  }
  out += frame.text();
  if (end) {
    const double x = frame.page_x(end->x), y = frame.top + frame.height / 2;
    out += fmt::format("<path class=\"axis\" stroke-dasharray=\"6 4\" d=\"M{0:.2f} {1}V{2}\"/>", x, frame.top, frame.bottom());
    out += fmt::format("<text class=\"middle note\" x=\"{0:.2f}\" y=\"{1:.2f}\" transform=\"rotate(-90 {0:.2f} {1:.2f})\">{2}</text>\n", x - line / 2,
                       y, escaped(end->name));
  }
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const char* const colour = series_colours.at(i);
    out += curve_text(curves[i], frame, colour);
    const double y = frame.top + 1.6 * line * (static_cast<double>(i) + 1);
    out += fmt::format("<path class=\"line\" stroke=\"{0}\" d=\"M{1} {2:.2f}h22\"/><circle cx=\"{3}\" cy=\"{2:.2f}\" r=\"3.5\" fill=\"{0}\"/>",
                       colour, frame.left + 12, y - line / 3, frame.left + 23);
    out += fmt::format("<text class=\"name\" x=\"{}\" y=\"{:.2f}\">{}</text>\n", frame.left + 42, y, escaped(curves[i].name));
  }
  return out + "</svg>\n";
}

}  // namespace mho::analysis
