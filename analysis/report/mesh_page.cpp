#include "analysis/report/mesh_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace mho::analysis {

namespace {

MeshPage::Sizes sizes_of(int width, int height) {
  const int side = std::max(width, height);
  if (side <= 10) return {104, 50, 13, 14};
  if (side <= 20) return {54, 30, 10, 0};
  return {26, 12, 7, 0};
}

}  // namespace

MeshPage::MeshPage(const hw::ChipParameters& chip, Heading heading, double least_width)
    : chip_(chip),
      heading_(std::move(heading)),
      least_width_(least_width),
      topology_(chip),
      sizes_(sizes_of(chip.chips * chip.mesh_width, chip.mesh_height)) {
  heading_.notes.push_back(topology_.text());
}

double MeshPage::width() const {
  const double chips = chip_.chips * chip_.mesh_width * pitch() - sizes_.gap + (chip_.chips - 1) * between_chips();
  return 2 * margin + std::max(least_width_, chips);
}

MeshPage::Point MeshPage::corner(int node) const {
  const auto [chip, of_chip] = topology_.address(node);
  const int row = of_chip / chip_.mesh_width;
  const double left = margin + chip * (chip_.mesh_width * pitch() + between_chips());
  return {left + (of_chip % chip_.mesh_width) * pitch(), top() + row * pitch()};
}

double MeshPage::bottom() const { return top() + chip_.mesh_height * pitch() - sizes_.gap; }

MeshPage::Point MeshPage::centre(int router) const {
  Point sum{0, 0};
  for (int port = 0; port < topology_.locals(); ++port) {
    const Point at = corner(topology_.node_at(router, port));
    sum.x += (at.x + sizes_.node / 2) / topology_.locals();
    sum.y += (at.y + sizes_.node / 2) / topology_.locals();
  }
  return sum;
}

MeshPage::Point MeshPage::centre_of_node(int node) const {
  const Point at = corner(node);
  return {at.x + sizes_.node / 2, at.y + sizes_.node / 2};
}

MeshPage::Line MeshPage::line(const hw::LinkActivity& link) const {
  const bool between_chips = link.kind == hw::LinkActivity::Kind::chips;
  const auto end = [&](int number) { return between_chips ? centre_of_node(number) : centre(number); };
  const Point from = end(link.from), to = end(link.to);
  const double length = std::hypot(to.x - from.x, to.y - from.y);
  const double along_x = (to.x - from.x) / length, along_y = (to.y - from.y) / length;
  const double step = pitch() * (topology_.locals() == 4 ? 2 : topology_.locals() == 2 && along_y == 0 ? 2 : 1);
  const double half = between_chips || topology_.locals() == 1 ? sizes_.node / 2 : 0;
  const double sideways = sizes_.gap * 0.13;                  // the two directions are side by side, each on its right
  const bool around = !between_chips && length > 1.5 * step;  // closes a row or column of a torus: a short piece at either edge
  const double reach = around ? -half - sizes_.gap * 0.4 : length - half;
  const double start = around ? -half : half;
  const auto at = [&](double distance) {
    return Point{from.x + along_x * distance - along_y * sideways, from.y + along_y * distance + along_x * sideways};
  };
  return {at(start), at(reach), at((start + reach) / 2), along_x, along_y};
}

std::string MeshPage::head(double below) const {
  return svg_begin(width(), bottom() + below, heading_, fmt::format("  .node {{ font-size: {}px; }}\n  .light {{ fill: #fff; }}\n", sizes_.text));
}

}  // namespace mho::analysis
