#include "analysis/plot/cloud_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <utility>

#include "analysis/plot/plot.h"

namespace mho::analysis {

namespace {

constexpr double cloud_width = 860, cloud_height = 520, cloud_left = 92, cloud_top = 56, cloud_frame_width = 560, cloud_frame_height = 390;
/// Of Okabe and Ito, for every kind of colour vision; shapes tell them apart in grey.
constexpr std::array<const char*, 6> group_colours{"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9"};

/// Decades that hold the values.
struct Decades {
  double low = 0, high = 1;
  template <class Of>
  Decades(const std::vector<CloudPoint>& points, const Of& of) {
    double least = of(points.front()), most = least;
    for (const CloudPoint& point : points) {
      const double value = of(point);
      if (!(value > 0) || !std::isfinite(value)) throw std::logic_error("cloud_svg: a point is not above 0");
      least = std::min(least, value);
      most = std::max(most, value);
    }
    low = std::floor(std::log10(least));
    high = std::max(std::ceil(std::log10(most)), low + 1);
  }
  [[nodiscard]] double share(double value) const { return (std::log10(value) - low) / (high - low); }
};

/// Five points.
std::string star(double x, double y, double radius, const char* colour) {
  constexpr int corners = 10;
  constexpr double inner = 0.42;
  std::string path;
  for (int i = 0; i < corners; ++i) {
    const double angle = std::numbers::pi * (2.0 * i / corners - 0.5), r = i % 2 == 0 ? radius : inner * radius;
    path += fmt::format("{}{:.2f} {:.2f}", i == 0 ? "M" : "L", x + r * std::cos(angle), y + r * std::sin(angle));
  }
  return fmt::format(R"(<path d="{}z" fill="{}" stroke="#111"/>)", path, colour);
}

/// A mark of a group: circle, square, triangle, diamond, star, cross.
std::string mark(std::size_t group, double x, double y, double size) {
  const char* const colour = group_colours.at(group);
  const double s = size;
  switch (group) {
    case 0:
      return fmt::format(R"(<circle cx="{:.2f}" cy="{:.2f}" r="{:.2f}" fill="{}"/>)", x, y, s, colour);
    case 1:
      return fmt::format(R"(<rect x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}" fill="{}"/>)", x - s, y - s, 2 * s, 2 * s, colour);
    case 2:
      return fmt::format(R"(<path d="M{:.2f} {:.2f}l{:.2f} {:.2f}h{:.2f}z" fill="{}"/>)", x, y - 1.2 * s, 1.2 * s, 2.2 * s, -2.4 * s, colour);
    case 3:
      return fmt::format(R"(<path d="M{0:.2f} {1:.2f}l{2:.2f} {2:.2f}l{3:.2f} {2:.2f}l{3:.2f} {3:.2f}z" fill="{4}"/>)", x, y - 1.3 * s, 1.3 * s,
                         -1.3 * s, colour);
    case 4:
      return star(x, y, 1.6 * s, colour);
    default:
      return fmt::format(R"(<path d="M{0:.2f} {1:.2f}h{2:.2f}M{3:.2f} {4:.2f}v{2:.2f}" stroke="{5}" stroke-width="2.4"/>)", x - s, y, 2 * s, x, y - s,
                         colour);
  }
}

/// Where a name may stand without covering another: to the right, moved down until it is free.
class Labels {
 public:
  double free_below(double x, double y) {
    constexpr double line = 15, wide = 110;
    while (std::ranges::any_of(taken_, [&](const auto& at) { return std::abs(at.first - x) < wide && std::abs(at.second - y) < line; })) y += 4;
    taken_.emplace_back(x, y);
    return y;
  }

 private:
  std::vector<std::pair<double, double>> taken_;
};

}  // namespace

std::string cloud_svg(const CloudTitles& titles, const std::vector<std::string>& groups, const std::vector<CloudPoint>& points) {
  if (points.empty() || groups.empty() || groups.size() > group_colours.size()) throw std::logic_error("cloud_svg: points, and one to six groups");
  const Decades across(points, [](const CloudPoint&p) { return p.x; }), up(points, [](const CloudPoint&p) { return p.y; });
  constexpr double bottom = cloud_top + cloud_frame_height, right = cloud_left + cloud_frame_width;
  const auto page_x = [&](double value) { return cloud_left + cloud_frame_width * across.share(value); };
  const auto page_y = [&](double value) { return bottom - cloud_frame_height * up.share(value); };
  std::string out = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" font-family="Helvetica, Arial, sans-serif" font-size="14">
<style>
  text {{ text-anchor: middle; fill: #111; }}
  .end {{ text-anchor: end; }}
  .name {{ text-anchor: start; }}
  .headline {{ font-size: 16px; font-weight: bold; }}
  .frame {{ fill: none; stroke: #444; }}
  .grid {{ stroke: #ddd; }}
</style>
<rect width="{0}" height="{1}" fill="#fff"/>
<text class="headline" x="{2}" y="32">{3}</text>
)",
      cloud_width, cloud_height, cloud_left + cloud_frame_width / 2, escaped(titles.headline));
  for (int decade = static_cast<int>(across.low); decade <= static_cast<int>(across.high); ++decade) {
    const double x = page_x(std::pow(10.0, decade));
    out += fmt::format("<path class=\"grid\" d=\"M{0:.2f} {1}V{2}\"/><text x=\"{0:.2f}\" y=\"{3}\">{4:g}</text>\n", x, cloud_top, bottom, bottom + 20,
                       std::pow(10.0, decade));
  }
  for (int decade = static_cast<int>(up.low); decade <= static_cast<int>(up.high); ++decade) {
    const double y = page_y(std::pow(10.0, decade));
    out += fmt::format("<path class=\"grid\" d=\"M{0} {1:.2f}H{2}\"/><text class=\"end\" x=\"{3}\" y=\"{4:.2f}\">{5:g}</text>\n", cloud_left, y,
                       right, cloud_left - 9, y + 4.5, std::pow(10.0, decade));
  }
  out += fmt::format("<rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n", cloud_left, cloud_top, cloud_frame_width,
                     cloud_frame_height);
  out += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", cloud_left + cloud_frame_width / 2, bottom + 46, escaped(titles.x_title));
  out += fmt::format("<text x=\"{0}\" y=\"{1}\" transform=\"rotate(-90 {0} {1})\">{2}</text>\n", cloud_left - 60, cloud_top + cloud_frame_height / 2,
                     escaped(titles.y_title));
  Labels labels;
  for (const bool named : {false, true}) {
    for (const CloudPoint& point : points) {
      if (point.name.empty() == named) continue;
      const auto group = static_cast<std::size_t>(std::ranges::find(groups, point.group) - groups.begin());
      if (group == groups.size()) throw std::logic_error("cloud_svg: a point of no group");
      const double x = page_x(point.x), y = page_y(point.y);
      constexpr double small = 4, large = 6;
      out += mark(group, x, y, named ? large : small) + "\n";
      if (!named) continue;
      // On the side where there is room.
      constexpr double widest = 120;
      const bool left = x + widest > right;
      out += fmt::format("<text class=\"{}\" x=\"{:.2f}\" y=\"{:.2f}\">{}</text>\n", left ? "end" : "name", left ? x - 10 : x + 10,
                         labels.free_below(x, y + 5), escaped(point.name));
    }
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const double y = cloud_top + 16 + 24 * static_cast<double>(i);
    out += mark(i, right + 22, y, 5) + fmt::format("<text class=\"name\" x=\"{}\" y=\"{}\">{}</text>\n", right + 36, y + 5, escaped(groups[i]));
  }
  return out + "</svg>\n";
}

}  // namespace mho::analysis
