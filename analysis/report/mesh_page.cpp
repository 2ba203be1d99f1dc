#include "analysis/report/mesh_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/plot/plot.h"

namespace mho::analysis {

namespace {

MeshPage::Sizes sizes_of(int width, int height) {
  const int side = std::max(width, height);
  if (side <= 10) return {92, 44, 11, 14};
  if (side <= 20) return {54, 30, 9, 0};
  return {26, 12, 7, 0};
}

}  // namespace

MeshPage::MeshPage(const hw::ChipParameters& chip)
    : chip_(chip), topology_(chip.mesh_width, chip.mesh_height, chip.noc), sizes_(sizes_of(chip.mesh_width, chip.mesh_height)) {}

MeshPage::Point MeshPage::corner(int node) const {
  const int row = node / chip_.mesh_width;
  return {margin + (node % chip_.mesh_width) * pitch(), top + row * pitch()};
}

double MeshPage::bottom() const { return top + chip_.mesh_height * pitch() - sizes_.gap; }

MeshPage::Point MeshPage::centre(int router) const {
  Point sum{0, 0};
  for (int port = 0; port < topology_.locals(); ++port) {
    const Point at = corner(topology_.node_at(router, port));
    sum.x += (at.x + sizes_.node / 2) / topology_.locals();
    sum.y += (at.y + sizes_.node / 2) / topology_.locals();
  }
  return sum;
}

MeshPage::Line MeshPage::line(const hw::LinkActivity& link) const {
  const Point from = centre(link.from), to = centre(link.to);
  const double length = std::hypot(to.x - from.x, to.y - from.y);
  const double along_x = (to.x - from.x) / length, along_y = (to.y - from.y) / length;
  const double step = pitch() * (topology_.locals() == 4 ? 2 : topology_.locals() == 2 && along_y == 0 ? 2 : 1);
  const double half = topology_.locals() == 1 ? sizes_.node / 2 : 0;
  const double sideways = sizes_.gap * 0.13;  // the two directions beside each other, each on its right
  const bool around = length > 1.5 * step;    // closes a row or column of a torus: a short piece at either edge
  const double reach = around ? -half - sizes_.gap * 0.4 : length - half;
  const double start = around ? -half : half;
  const auto at = [&](double distance) {
    return Point{from.x + along_x * distance - along_y * sideways, from.y + along_y * distance + along_x * sideways};
  };
  return {at(start), at(reach), at((start + reach) / 2), along_x, along_y};
}

std::string MeshPage::head(const std::string& headline, double below, double least_width) const {
  // Letters of a sans-serif face are about 0.6 of their size wide.
  constexpr double head_letter = 0.6 * 15, note_letter = 0.6 * 12;
  const double lines = std::max(head_letter * static_cast<double>(headline.size()), note_letter * static_cast<double>(topology_.text().size()));
  const double width = 2 * margin + std::max({least_width, lines, chip_.mesh_width * pitch() - sizes_.gap});
  std::string out = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\">\n",
                                width, bottom() + below + 16);
  out += fmt::format(
      "<style>text {{ font: {}px sans-serif; fill: #1c2833 }} .head {{ font-size: 15px; font-weight: bold }} .note {{ font-size: 12px }} .light {{ "
      "fill: #ffffff }} .middle {{ text-anchor: middle }} .end {{ text-anchor: end }}</style>\n",
      sizes_.text);
  out += fmt::format("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n<text class=\"head\" x=\"{}\" y=\"26\">{}</text>\n", margin,
                     escaped(headline));
  return out + fmt::format("<text class=\"note\" x=\"{}\" y=\"45\">{}</text>\n", margin, escaped(topology_.text()));
}

}  // namespace mho::analysis
