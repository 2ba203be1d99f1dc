#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "analysis/plot/look.h"
#include "analysis/query/front.h"
#include "base/design_file/config.h"

namespace mho::analysis {

namespace {

constexpr double front_width = 720, front_left = 104, front_frame_width = 586, front_frame_height = 350, below_front = 74;

/// An axis that contains the figures of all points and the intervals of those on the front; logarithmic if they span more than a decade.
Axis axis_of(const Front& front, const FrontAxis& what, double FrontPoint::*of, std::optional<double> FrontPoint::*low,
             std::optional<double> FrontPoint::*high) {
  double least = front.points.front().*of, most = least;
  for (const FrontPoint& point : front.points) {
    least = std::min(least, point.on_front ? (point.*low).value_or(point.*of) : point.*of);
    most = std::max(most, point.on_front ? (point.*high).value_or(point.*of) : point.*of);
  }
  // Units with prefixes are written at the ticks.
  constexpr std::array<std::string_view, 5> prefixed{"s", "J", "W", "1/s", "Hz"};
  const bool at_ticks = std::ranges::find(prefixed, what.unit) != prefixed.end();
  const std::string unit = what.unit.empty() || at_ticks ? "" : fmt::format(" ({})", what.unit);
  const std::string title = fmt::format("{}{}{}", what.column, unit, what.more_is_better ? ", more is better" : ", less is better");
  constexpr double decade = 10;
  constexpr int ticks = 6;
  Axis axis = least > 0 && most > decade * least ? logarithmic_axis(title, least, most) : linear_axis(title, least, most, ticks);
  if (!at_ticks) return axis;
  for (const double tick : axis.ticks) axis.texts.push_back(base::format_si(tick, what.unit == "1/s" ? "/s" : what.unit));
  return axis;
}

}  // namespace

std::string front_svg(const Front& front, const std::string& headline) {
  const Heading heading{headline};
  const Frame frame{.left = front_left,
                    .top = heading.height(front_width),
                    .width = front_frame_width,
                    .height = front_frame_height,
                    .x = axis_of(front, front.x, &FrontPoint::x, &FrontPoint::x_low, &FrontPoint::x_high),
                    .y = axis_of(front, front.y, &FrontPoint::y, &FrontPoint::y_low, &FrontPoint::y_high),
                    .letters = Letters(front_width)};
  std::string out = svg_begin(front_width, frame.bottom() + below_front, heading) + frame.text();
  std::string steps;
  for (const FrontPoint& point : front.points) {
    if (!point.on_front) continue;
    steps += steps.empty() ? fmt::format("M{:.1f} {:.1f}", frame.page_x(point.x), frame.page_y(point.y))
                           : fmt::format("H{:.1f}V{:.1f}", frame.page_x(point.x), frame.page_y(point.y));
  }
  out += fmt::format("<path class=\"front line\" stroke=\"{}\" d=\"{}\"/>\n", series_colours[0], steps);
  for (const FrontPoint& point : front.points) {
    const double x = frame.page_x(point.x), y = frame.page_y(point.y);
    if (point.on_front && point.x_low && point.x_high)
      out += fmt::format("<path class=\"whisker\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>", frame.page_x(*point.x_low), y, frame.page_x(*point.x_high));
    if (point.on_front && point.y_low && point.y_high)
      out += fmt::format("<path class=\"whisker\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>", x, frame.page_y(*point.y_low), frame.page_y(*point.y_high));
    const std::string title = fmt::format("<title>run {}: {}; {:.6g}, {:.6g}</title>", point.run, escaped(point.name), point.x, point.y);
    constexpr double diamond = 8;
    out += point.knee ? fmt::format("<path d=\"M{0:.1f} {1:.1f}l{2} {2}l-{2} {2}l-{2} -{2}z\" fill=\"{4}\" stroke=\"#111\">{3}</path>\n", x,
                                    y - diamond, diamond, title, series_colours[4])
                      : fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\">{}</circle>\n", x, y, point.on_front ? 4.5 : 3,
                                    point.on_front ? series_colours[0] : "#888", title);
    if (point.knee) out += fmt::format("<text class=\"middle\" x=\"{:.1f}\" y=\"{:.1f}\">knee: run {}</text>\n", x, y - 14, point.run);
  }
  return out + "</svg>\n";
}

}  // namespace mho::analysis
