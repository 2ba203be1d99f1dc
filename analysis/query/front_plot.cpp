#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/plot/plot.h"
#include "analysis/query/front.h"

namespace mho::analysis {

namespace {

constexpr double front_width = 720, front_height = 470, front_left = 96, front_top = 52, plot_width = 590, plot_height = 340;

/// One axis of the picture: the range of its values and where they lie.
class Scale {
 public:
  Scale(double low, double high) : logarithmic_(low > 0 && high > decade * low) {
    if (logarithmic_) {
      low_ = std::floor(std::log10(low));
      high_ = std::ceil(std::log10(high));
    } else {
      const double span = high > low ? high - low : std::max(std::abs(high), 1.0);
      constexpr double margin = 0.06;
      low_ = low - margin * span;
      high_ = high + margin * span;
    }
  }
  /// 0 at the low end, 1 at the high one.
  [[nodiscard]] double share(double value) const {
    const double place = logarithmic_ ? std::log10(std::max(value, std::pow(10.0, low_))) : value;
    return std::clamp((place - low_) / (high_ - low_), 0.0, 1.0);
  }
  [[nodiscard]] std::vector<double> ticks() const {
    if (!logarithmic_) return round_ticks(low_, high_, 6);
    std::vector<double> all;
    for (int power = static_cast<int>(low_); power <= static_cast<int>(high_); ++power) all.push_back(std::pow(10.0, power));
    return all;
  }
  [[nodiscard]] std::string text(double value) const {
    const std::vector<double> all = ticks();
    return logarithmic_ || all.size() < 2 ? fmt::format("{:g}", value) : tick_text(value, all[1] - all[0]);
  }

 private:
  static constexpr double decade = 10;
  bool logarithmic_;
  double low_ = 0, high_ = 1;
};

Scale scale_of(const Front& front, double FrontPoint::*of, std::optional<double> FrontPoint::*low, std::optional<double> FrontPoint::*high) {
  double least = front.points.front().*of, most = least;
  for (const FrontPoint& point : front.points) {
    least = std::min(least, point.on_front ? (point.*low).value_or(point.*of) : point.*of);
    most = std::max(most, point.on_front ? (point.*high).value_or(point.*of) : point.*of);
  }
  return {least, most};
}

std::string axis_title(const FrontAxis& axis) {
  return axis.unit.empty() ? axis.column : fmt::format("{} ({}){}", axis.column, axis.unit, axis.more_is_better ? ", more is better" : "");
}

}  // namespace

std::string front_svg(const Front& front, const std::string& headline) {
  const Scale across = scale_of(front, &FrontPoint::x, &FrontPoint::x_low, &FrontPoint::x_high),
              up = scale_of(front, &FrontPoint::y, &FrontPoint::y_low, &FrontPoint::y_high);
  constexpr double bottom = front_top + plot_height;
  const auto page_x = [&](double value) { return front_left + plot_width * across.share(value); };
  const auto page_y = [&](double value) { return bottom - plot_height * up.share(value); };
  std::string out = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" font-family="Helvetica, Arial, sans-serif" font-size="14">
<style>
  text {{ text-anchor: middle; fill: #111; }}
  .end {{ text-anchor: end; }}
  .headline {{ font-size: 16px; font-weight: bold; }}
  .frame {{ fill: none; stroke: #444; }}
  .grid {{ stroke: #ddd; }}
  .front {{ fill: none; stroke: #0072b2; stroke-width: 1.6; }}
  .bar {{ stroke: #0072b2; stroke-opacity: 0.55; }}
</style>
<rect width="{0}" height="{1}" fill="#fff"/>
<text class="headline" x="{2}" y="30">{3}</text>
)",
      front_width, front_height, front_width / 2, escaped(headline));
  for (const double tick : across.ticks()) {
    out += fmt::format("<path class=\"grid\" d=\"M{0:.1f} {1}V{2}\"/><text x=\"{0:.1f}\" y=\"{3}\">{4}</text>\n", page_x(tick), front_top, bottom,
                       bottom + 20, across.text(tick));
  }
  for (const double tick : up.ticks()) {
    out += fmt::format("<path class=\"grid\" d=\"M{0} {1:.1f}H{2}\"/><text class=\"end\" x=\"{3}\" y=\"{4:.1f}\">{5}</text>\n", front_left,
                       page_y(tick), front_left + plot_width, front_left - 8, page_y(tick) + 5, up.text(tick));
  }
  out += fmt::format("<rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n", front_left, front_top, plot_width, plot_height);
  out += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", front_left + plot_width / 2, bottom + 46, escaped(axis_title(front.x)));
  out += fmt::format("<text x=\"{0}\" y=\"{1}\" transform=\"rotate(-90 {0} {1})\">{2}</text>\n", 24, front_top + plot_height / 2,
                     escaped(axis_title(front.y)));
  std::string steps;
  for (const FrontPoint& point : front.points) {
    if (!point.on_front) continue;
    steps += steps.empty() ? fmt::format("M{:.1f} {:.1f}", page_x(point.x), page_y(point.y))
                           : fmt::format("H{:.1f}V{:.1f}", page_x(point.x), page_y(point.y));
  }
  out += fmt::format("<path class=\"front\" d=\"{}\"/>\n", steps);
  for (const FrontPoint& point : front.points) {
    const double x = page_x(point.x), y = page_y(point.y);
    if (point.on_front && point.x_low && point.x_high)
      out += fmt::format("<path class=\"bar\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>", page_x(*point.x_low), y, page_x(*point.x_high));
    if (point.on_front && point.y_low && point.y_high)
      out += fmt::format("<path class=\"bar\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>", x, page_y(*point.y_low), page_y(*point.y_high));
    const std::string title = fmt::format("<title>run {}: {}; {:.6g}, {:.6g}</title>", point.run, escaped(point.name), point.x, point.y);
    constexpr double diamond = 8;
    out += point.knee ? fmt::format("<path d=\"M{0:.1f} {1:.1f}l{2} {2}l-{2} {2}l-{2} -{2}z\" fill=\"#d55e00\" stroke=\"#111\">{3}</path>\n", x,
                                    y - diamond, diamond, title)
                      : fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\">{}</circle>\n", x, y, point.on_front ? 4.5 : 3,
                                    point.on_front ? "#0072b2" : "#999", title);
    if (point.knee) out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">knee: run {}</text>\n", x, y - 14, point.run);
  }
  return out + "</svg>\n";
}

}  // namespace mho::analysis
