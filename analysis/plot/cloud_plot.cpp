#include "analysis/plot/cloud_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <utility>

#include "analysis/plot/look.h"

namespace mho::analysis {

namespace {

constexpr double cloud_width = 860, cloud_height = 540, cloud_left = 104, cloud_top = 56, cloud_frame_width = 540, cloud_frame_height = 408;

/// A star with five points.
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

/// The mark of a group: circle, square, triangle, diamond, star or cross.
std::string mark(std::size_t group, double x, double y, double size) {
  const char* const colour = series_colours.at(group);
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

/// Finds free places for names: a name that covers another one is moved down.
class Labels {
 public:
  explicit Labels(double line) : line_(line) {}
  double free_below(double x, double y) {
    constexpr double wide = 140;
    while (std::ranges::any_of(taken_, [&](const auto& at) { return std::abs(at.first - x) < wide && std::abs(at.second - y) < line_; })) y += 4;
    taken_.emplace_back(x, y);
    return y;
  }

 private:
  double line_;
  std::vector<std::pair<double, double>> taken_;
};

}  // namespace

std::string cloud_svg(const CloudTitles& titles, const std::vector<std::string>& groups, const std::vector<CloudPoint>& points) {
  if (points.empty() || groups.empty() || groups.size() > series_colours.size()) throw std::logic_error("cloud_svg: points, and one to six groups");
  const auto axis = [&](const std::string& title, double CloudPoint::*of) {
    for (const CloudPoint& point : points) {
      if (!(point.*of > 0) || !std::isfinite(point.*of)) throw std::logic_error("cloud_svg: a point is not above 0");
    }
    const auto [least, most] = std::ranges::minmax_element(points, {}, of);
    return logarithmic_axis(title, (*least).*of, (*most).*of);
  };
  const Frame frame{.left = cloud_left,
                    .top = cloud_top,
                    .width = cloud_frame_width,
                    .height = cloud_frame_height,
                    .x = axis(titles.x_title, &CloudPoint::x),
                    .y = axis(titles.y_title, &CloudPoint::y),
                    .letters = Letters(cloud_width)};
  const double right = frame.left + frame.width, line = frame.letters.note;
  std::string out = svg_begin(cloud_width, cloud_height, {titles.headline}) + frame.text();
  Labels labels(1.1 * line);
  for (const bool named : {false, true}) {
    for (const CloudPoint& point : points) {
      if (point.name.empty() == named) continue;
      const auto group = static_cast<std::size_t>(std::ranges::find(groups, point.group) - groups.begin());
      if (group == groups.size()) throw std::logic_error("cloud_svg: a point of no group");
      const double x = frame.page_x(point.x), y = frame.page_y(point.y);
      constexpr double small = 4, large = 6;
      out += mark(group, x, y, named ? large : small) + "\n";
      if (!named) continue;
      // The name is on the side that has room.
      constexpr double widest = 150;
      const bool left = x + widest > right;
      out += fmt::format("<text class=\"note{}\" x=\"{:.2f}\" y=\"{:.2f}\">{}</text>\n", left ? " end" : "", left ? x - 10 : x + 10,
                         labels.free_below(x, y + line / 3), escaped(point.name));
    }
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const double y = frame.top + 1.8 * line * (static_cast<double>(i) + 1);
    out += mark(i, right + 18, y, 5) +
           fmt::format("<text class=\"note\" x=\"{}\" y=\"{:.1f}\">{}</text>\n", right + 30, y + line / 3, escaped(groups[i]));
  }
  return out + "</svg>\n";
}

}  // namespace mho::analysis
