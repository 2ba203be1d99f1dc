#include "analysis/report/floorplan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "analysis/plot/plot.h"
#include "analysis/report/mesh_page.h"
#include "base/index.h"

namespace mho::analysis {

namespace {

/// Colours of neighbouring layers are far from each other: hues a golden angle apart, of three brightnesses in turn.
std::string colour_of(int layer) {
  constexpr double golden_angle = 137.508, circle = 360;
  constexpr int tones = 3, brightest = 84, step = 10;  // per cent; the darkest still lets black text be read
  return fmt::format("hsl({:.0f}, 62%, {}%)", std::fmod(layer * golden_angle, circle), brightest - step * (layer % tones));
}

/// A name without its middle: what tells layers and copies apart often stands at the end.
std::string shortened(const std::string& name, std::size_t letters) {
  if (name.size() <= letters) return name;
  const std::size_t tail = letters / 2, head = letters - tail - 2;
  return name.substr(0, head) + ".." + name.substr(name.size() - tail);
}

constexpr double legend_row = 18, legend_column = 210;

class Floorplan {
 public:
  Floorplan(const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& single)
      : program_(program), chip_(chip), single_(single), page_(chip), stages_(base::index(chip.nodes())) {
    for (const hw::Stage& stage : program.stages) stages_.at(base::index(stage.core)).push_back(&stage);
    for (const hw::LinkActivity& link : single.links) {
      if (link.kind == hw::LinkActivity::Kind::between) most_flits_ = std::max(most_flits_, link.flits);
    }
  }

  [[nodiscard]] std::string text(const std::string& headline) const {
    const double columns = std::max(3.0, std::floor((chip_.mesh_width * (page_.sizes().node + page_.sizes().gap)) / legend_column));
    const double rows = std::ceil(static_cast<double>(program_.layers.size()) / columns);
    std::string out = page_.head(headline, 40 + (rows + 2) * legend_row, columns * legend_column);
    for (const hw::LinkActivity& link : single_.links) {
      if (link.kind == hw::LinkActivity::Kind::between) out += drawn(link);
    }
    for (int node = 0; node < chip_.nodes(); ++node) out += drawn(node);
    return out + legend(page_.bottom() + 30, static_cast<int>(columns)) + "</svg>\n";
  }

 private:
  [[nodiscard]] std::string drawn(const hw::LinkActivity& link) const {
    const auto [begin, end, middle, along_x, along_y] = page_.line(link);
    const double share = most_flits_ == 0 ? 0 : static_cast<double>(link.flits) / static_cast<double>(most_flits_);
    return fmt::format(
        "<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" stroke=\"{}\" stroke-width=\"{:.2f}\"><title>router {} to {}: {} flits an "
        "inference</title></path>\n",
        begin.x, begin.y, end.x, end.y, link.flits == 0 ? "#e4e7ea" : "#4a5560", page_.sizes().gap * (link.flits == 0 ? 0.02 : 0.03 + 0.2 * share),
        link.from, link.to, link.flits);
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
    // Digital cores have round corners, so that they can be told from analog ones without a colour.
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
      out += fmt::format("<text class=\"middle\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", at.x + sizes.node / 2, at.y + y, escaped(text));
    };
    if (sizes.letters == 0) {
      if (sizes.node >= 40) line(sizes.node * 0.58, fmt::format("{} {}", node, kind[0]));
      return out;
    }
    line(17, fmt::format("{} {}", node, kind));
    constexpr std::size_t lines = 4;
    const std::vector<const hw::Stage*>& here = stages_[base::index(node)];
    for (std::size_t i = 0; i < here.size() && i < lines; ++i) {
      const bool more = i + 1 == lines && here.size() > lines;
      std::string name = more ? fmt::format("and {} more", here.size() - i) : here[i]->name;
      name = shortened(name, sizes.letters);
      line(34 + 13.0 * static_cast<double>(i), name);
    }
    return out;
  }

  [[nodiscard]] std::string legend(double y, int columns) const {
    std::map<int, std::set<int>> tiles;  // by layer
    for (const hw::Stage& stage : program_.stages) {
      if (stage.mvm) tiles[stage.layer].insert(stage.mvm->tile);
    }
    std::string out = fmt::format(
        "<text class=\"note\" x=\"{}\" y=\"{:.0f}\">layers; digital cores with round corners; a link is as wide as its flits for an "
        "inference, the widest {}</text>\n",
        MeshPage::margin, y, most_flits_);
    for (std::size_t layer = 0; layer < program_.layers.size(); ++layer) {
      const int index = static_cast<int>(layer);
      const int row = index / columns;
      const double left = MeshPage::margin + legend_column * (index % columns), line = y + legend_row * (1 + row);
      const auto found = tiles.find(index);
      std::string name = program_.layers[layer].name;
      constexpr std::size_t longest = 22;
      name = shortened(name, longest);
      out += fmt::format(
          "<rect x=\"{:.0f}\" y=\"{:.0f}\" width=\"12\" height=\"12\" fill=\"{}\"/><text class=\"note\" x=\"{:.0f}\" y=\"{:.0f}\">{}{}</text>\n",
          left, line, colour_of(index), left + 18, line + 11, escaped(name), found == tiles.end() ? "" : fmt::format(", {} tile{}", found->second.size(), found->second.size() == 1 ? "" : "s"));
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

std::string floorplan_svg(const std::string& headline, const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& single) {
  return Floorplan(program, chip, single).text(headline);
}

}  // namespace mho::analysis
