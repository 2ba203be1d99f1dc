#include "analysis/report/floorplan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "analysis/report/mesh_page.h"
#include "base/index.h"

namespace mho::analysis {

namespace {

/// Colour of a layer. Hues are a golden angle apart and three brightnesses alternate, so that consecutive layers differ clearly.
std::string colour_of(int layer) {
  constexpr double golden_angle = 137.508, circle = 360;
  constexpr int tones = 3, brightest = 84, step = 10;  // per cent; black text is readable on the darkest
  return fmt::format("hsl({:.0f}, 62%, {}%)", std::fmod(layer * golden_angle, circle), brightest - step * (layer % tones));
}

constexpr double legend_column = 210;

class Floorplan {
 public:
  Floorplan(const Heading& heading, const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& single)
      : program_(program), chip_(chip), single_(single), page_(chip, heading, 3 * legend_column), stages_(base::index(chip.nodes())) {
    for (const hw::Stage& stage : program.stages) stages_.at(base::index(stage.core)).push_back(&stage);
    for (const hw::LinkActivity& link : single.links) {
      if (has_line(link)) most_flits_ = std::max(most_flits_, link.flits);
    }
  }

  [[nodiscard]] std::string text() const {
    const Letters letters = page_.letters();
    const double column = legend_column * letters.note / 12;
    const double columns = std::max(2.0, std::floor((page_.width() - 2 * MeshPage::margin) / column));
    const double rows = std::ceil(static_cast<double>(program_.layers.size()) / columns);
    std::string out = page_.head((4 + 1.6 * rows) * letters.note);
    for (const hw::LinkActivity& link : single_.links) {
      if (has_line(link)) out += drawn(link);
    }
    for (int node = 0; node < chip_.nodes(); ++node) out += drawn(node);
    return out + legend(page_.bottom() + 2.2 * letters.note, static_cast<int>(columns), column) + "</svg>\n";
  }

 private:
  [[nodiscard]] std::string drawn(const hw::LinkActivity& link) const {
    const auto [begin, end, middle, along_x, along_y] = page_.line(link);
    const double share = most_flits_ == 0 ? 0 : static_cast<double>(link.flits) / static_cast<double>(most_flits_);
    return fmt::format(
        "<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" stroke=\"{}\" stroke-width=\"{:.2f}\"><title>{} {} to {}: {} flits an "
        "inference</title></path>\n",
        begin.x, begin.y, end.x, end.y, link.flits == 0 ? "#e4e7ea" : "#4a5560", page_.sizes().gap * (link.flits == 0 ? 0.02 : 0.03 + 0.2 * share),
        link.kind == hw::LinkActivity::Kind::chips ? "link between chips, node" : "router", link.from, link.to, link.flits);
  }

  /// Layers of the stages of a node, ascending.
  [[nodiscard]] std::set<int> layers_of(int node) const {
    std::set<int> layers;
    for (const hw::Stage* stage : stages_[base::index(node)]) {
      if (stage->layer >= 0) layers.insert(stage->layer);
    }
    return layers;
  }

  [[nodiscard]] std::string drawn(int node) const {
    const MeshPage::Point at = page_.corner(node);
    const MeshPage::Sizes& sizes = page_.sizes();
    const hw::CoreKind kind = chip_.kind(node);
    const char* const name = kind == hw::CoreKind::port ? "port" : kind == hw::CoreKind::analog ? "analog" : "digital";
    const std::set<int> layers = layers_of(node);
    std::string stages, out;
    for (const hw::Stage* stage : stages_[base::index(node)]) stages += (stages.empty() ? ": " : ", ") + stage->name;
    // Digital cores have round corners, to distinguish them from analog cores without colour.
    const double round = kind == hw::CoreKind::digital ? sizes.node * 0.18 : 2;
    out += fmt::format("<clipPath id=\"n{}\"><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" rx=\"{:.1f}\"/></clipPath>\n", node, at.x,
                       at.y, sizes.node, sizes.node, round);
    double x = at.x;
    const double wide = sizes.node / static_cast<double>(std::max<std::size_t>(1, layers.size()));
    for (const int layer : layers) {
      out += fmt::format("<rect x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{}\" fill=\"{}\" clip-path=\"url(#n{})\"/>\n", x, at.y, wide,
                         sizes.node, colour_of(layer), node);
      x += wide;
    }
    out += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" rx=\"{:.1f}\" fill=\"{}\" fill-opacity=\"{}\" stroke=\"{}\" "
        "stroke-width=\"{}\"{}><title>node {}, {}{}</title></rect>\n",
        at.x, at.y, sizes.node, sizes.node, round, layers.empty() ? "#f4f6f8" : "#ffffff", layers.empty() ? 1 : 0,
        layers.empty() ? "#b8c0c8" : "#2f3b46", layers.empty() ? 1 : 1.4, kind == hw::CoreKind::port ? " stroke-dasharray=\"5 3\"" : "", node, name,
        escaped(stages));
    return out + labels(node, name, at);
  }

  [[nodiscard]] std::string labels(int node, const char* kind, MeshPage::Point at) const {
    const MeshPage::Sizes& sizes = page_.sizes();
    std::string out;
    const auto line = [&](double y, std::string_view text) {
      out += fmt::format("<text class=\"node middle\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", at.x + sizes.node / 2, at.y + y,
                         name_text(text, std::max<std::size_t>(sizes.letters, 8)));
    };
    if (sizes.letters == 0) {
      if (sizes.node >= 40) line(sizes.node * 0.58, fmt::format("{} {}", node, kind[0]));
      return out;
    }
    line(1.35 * sizes.text, fmt::format("{} {}", node, kind));
    constexpr std::size_t lines = 4;
    const std::vector<const hw::Stage*>& here = stages_[base::index(node)];
    for (std::size_t i = 0; i < here.size() && i < lines; ++i) {
      const bool more = i + 1 == lines && here.size() > lines;
      line(sizes.text * (2.6 + 1.15 * static_cast<double>(i)), more ? fmt::format("and {} more", here.size() - i) : here[i]->name);
    }
    return out;
  }

  [[nodiscard]] std::string legend(double y, int columns, double column) const {
    std::map<int, std::set<int>> tiles;  // by layer
    for (const hw::Stage& stage : program_.stages) {
      if (stage.mvm) tiles[stage.layer].insert(stage.mvm->tile);
    }
    const double note = page_.letters().note, row = 1.6 * note;
    std::string out = fmt::format(
        "<text class=\"note\" x=\"{}\" y=\"{:.0f}\">digital cores have round corners; a link is as wide as its flits for an inference, at most "
        "{}</text>\n",
        MeshPage::margin, y, most_flits_);
    for (std::size_t layer = 0; layer < program_.layers.size(); ++layer) {
      const int index = static_cast<int>(layer);
      const int lines_above = 1 + index / columns;
      const double left = MeshPage::margin + column * (index % columns), line = y + row * lines_above;
      const auto found = tiles.find(index);
      constexpr std::size_t longest = 20;
      out += fmt::format(
          "<rect x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2:.1f}\" height=\"{2:.1f}\" fill=\"{3}\"/><text class=\"note\" x=\"{4:.1f}\" "
          "y=\"{5:.1f}\">{6}{7}</text>\n",
          left, line - 0.85 * note, note, colour_of(index), left + 1.5 * note, line, name_text(program_.layers[layer].name, longest),
          found == tiles.end() ? "" : fmt::format(", {} tile{}", found->second.size(), found->second.size() == 1 ? "" : "s"));
    }
    return out;
  }

  const hw::Program& program_;
  const hw::ChipParameters& chip_;
  const hw::Activity& single_;
  MeshPage page_;
  std::vector<std::vector<const hw::Stage*>> stages_;  ///< by node
  std::uint64_t most_flits_ = 0;
};

}  // namespace

std::string floorplan_svg(const Heading& heading, const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& single) {
  return Floorplan(heading, program, chip, single).text();
}

}  // namespace mho::analysis
