#include "analysis/report/heat_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "analysis/plot/plot.h"
#include "base/index.h"
#include "hw/spec/topology.h"

namespace mho::analysis {

namespace {

using base::percent;
constexpr double top = 62, margin = 34;
constexpr double legend_height = 74;
constexpr double least_labelled = 0.005;  // flits per cycle from which a link is labelled

struct Colour {
  double red = 0, green = 0, blue = 0;
};

/// Between three colours, at 0, 1/2 and 1.
std::string mixed(const std::array<Colour, 3>& scale, double share) {
  const double at = 2 * std::clamp(share, 0.0, 1.0);
  const Colour& low = scale[at < 1 ? 0 : 1];
  const Colour& high = scale[at < 1 ? 1 : 2];
  const double part = at < 1 ? at : at - 1;
  const auto channel = [&](double a, double b) { return static_cast<int>(std::lround(a + part * (b - a))); };
  return fmt::format("#{:02x}{:02x}{:02x}", channel(low.red, high.red), channel(low.green, high.green), channel(low.blue, high.blue));
}

constexpr std::array<Colour, 3> unit_scale{Colour{246, 248, 250}, Colour{125, 171, 208}, Colour{16, 62, 112}};
constexpr std::array<Colour, 3> link_scale{Colour{214, 214, 214}, Colour{240, 160, 60}, Colour{178, 24, 24}};

/// Sizes on the page: a mesh of many nodes gets smaller ones, with less text.
struct Sizes {
  double node, gap, text;
  std::size_t letters;  ///< of a stage's name; 0: no names
};

Sizes sizes_of(int width, int height) {
  const int side = std::max(width, height);
  if (side <= 10) return {92, 44, 11, 14};
  if (side <= 20) return {54, 30, 9, 0};
  return {26, 12, 7, 0};
}

class Page {
 public:
  Page(const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& window)
      : program_(program),
        chip_(chip),
        window_(window),
        topology_(chip.mesh_width, chip.mesh_height, chip.noc),
        sizes_(sizes_of(chip.mesh_width, chip.mesh_height)),
        busy_(static_cast<std::size_t>(chip.nodes()), 0) {
    for (const hw::UnitActivity& unit : window.units) {
      const double cycles = window.elapsed.seconds() * chip.clock_of(chip.kind(unit.node)).si();
      double& busy = busy_.at(static_cast<std::size_t>(unit.node));
      busy = std::max(busy, static_cast<double>(unit.worked_cycles) / cycles);
    }
  }

  std::string text(const std::string& headline) const {
    // Letters of a sans-serif face are about 0.6 of their size wide; the legend is the widest of what does not grow with the mesh.
    constexpr double head_letter = 0.6 * 15, note_letter = 0.6 * 12, legend_width = 640;
    const double lines = std::max(head_letter * static_cast<double>(headline.size()), note_letter * static_cast<double>(topology_.text().size()));
    const double width = 2 * margin + std::max({legend_width, lines, chip_.mesh_width * pitch() - sizes_.gap});
    const double bottom = top + chip_.mesh_height * pitch() - sizes_.gap;
    std::string out = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\">\n",
                                  width, bottom + legend_height + 16);
    out += fmt::format(
        "<style>text {{ font: {}px sans-serif; fill: #1c2833 }} .head {{ font-size: 15px; font-weight: bold }} .note {{ font-size: 12px }} .light {{ "
        "fill: #ffffff }} .middle {{ text-anchor: middle }} .end {{ text-anchor: end }}</style>\n",
        sizes_.text);
    out += fmt::format("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n<text class=\"head\" x=\"{}\" y=\"26\">{}</text>\n", margin,
                       escaped(headline));
    out += fmt::format("<text class=\"note\" x=\"{}\" y=\"45\">{}</text>\n", margin, escaped(topology_.text()));
    for (const hw::LinkActivity& link : window_.links) {
      if (link.kind == hw::LinkActivity::Kind::between) out += drawn(link);
    }
    for (int node = 0; node < chip_.nodes(); ++node) out += drawn(node);
    return out + legend(bottom + 26) + "</svg>\n";
  }

 private:
  struct Point {
    double x, y;
  };
  [[nodiscard]] double pitch() const { return sizes_.node + sizes_.gap; }
  [[nodiscard]] Point corner(int node) const {
    const int row = node / chip_.mesh_width;
    return {margin + (node % chip_.mesh_width) * pitch(), top + row * pitch()};
  }
  /// Where the links of a router begin and end: at a node of its own, or between those that share it.
  [[nodiscard]] Point centre(int router) const {
    Point sum{0, 0};
    for (int port = 0; port < topology_.locals(); ++port) {
      const Point at = corner(topology_.node_at(router, port));
      sum.x += (at.x + sizes_.node / 2) / topology_.locals();
      sum.y += (at.y + sizes_.node / 2) / topology_.locals();
    }
    return sum;
  }

  [[nodiscard]] std::string drawn(const hw::LinkActivity& link) const {
    const double rate = static_cast<double>(link.flits) / (window_.elapsed.seconds() * chip_.network_clock.value_or(chip_.clock).si());
    Point from = centre(link.from);
    Point to = centre(link.to);
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
    const Point begin = at(start), end = at(reach);
    std::string out = fmt::format(
        "<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" stroke=\"{}\" stroke-width=\"{:.1f}\"><title>router {} to {}: {:.4f} flits per "
        "cycle</title></path>\n",
        begin.x, begin.y, end.x, end.y, mixed(link_scale, rate), sizes_.gap * (rate >= least_labelled ? 0.07 + 0.13 * rate : 0.035), link.from,
        link.to, rate);
    if (rate < least_labelled || sizes_.letters == 0) return out;
    const Point middle = at((start + reach) / 2);
    const double away = along_y == 0 ? 9 : 3;
    const bool right_side = -along_y > 0;
    if (along_y == 0) {
      out += fmt::format("<text class=\"middle\" x=\"{:.1f}\" y=\"{:.1f}\">{:.2f}</text>\n", middle.x,
                         middle.y + (along_x > 0 ? away + 4 : -away + 4), rate);
    } else {
      out += fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{:.2f}</text>\n", right_side ? "" : "end",
                         middle.x + (right_side ? away + 2 : -away - 2), middle.y + 4, rate);
    }
    return out;
  }

  /// What power gates of the node's core and router did.
  [[nodiscard]] std::string gated(int node) const {
    std::string text;
    for (const hw::GateActivity& gate : window_.gates) {
      const bool router = gate.unit == hw::GateActivity::Unit::router;
      if (gate.number != (router ? topology_.router_of(node) : node)) continue;
      const double clock = (router ? chip_.network_clock.value_or(chip_.clock) : chip_.clock_of(chip_.kind(node))).si();
      text += fmt::format(", {} gated {:.1f} %", hw::unit_name(gate.unit),
                          percent * static_cast<double>(gate.gated_cycles) / (window_.elapsed.seconds() * clock));
    }
    return text;
  }

  [[nodiscard]] std::string drawn(int node) const {
    const Point at = corner(node);
    const double busy = busy_[static_cast<std::size_t>(node)];
    std::vector<std::string> names;
    for (const hw::Stage& stage : program_.stages) {
      if (stage.core == node) names.push_back(stage.name);
    }
    const char* kind = chip_.kind(node) == hw::CoreKind::port ? "port" : chip_.kind(node) == hw::CoreKind::analog ? "analog" : "digital";
    const char* const light = busy > 0.55 ? " light" : "";
    // Digital cores have round corners, so that they can be told from analog ones without a colour.
    const double round = chip_.kind(node) == hw::CoreKind::digital ? sizes_.node * 0.18 : 2;
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? ": " : ", ") + name;
    std::string out = fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" rx=\"{:.1f}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"{}\"{}><title>node {}, "
        "{}, busy {:.1f} %{}{}</title></rect>\n",
        at.x, at.y, sizes_.node, sizes_.node, round, mixed(unit_scale, busy), names.empty() ? "#b8c0c8" : "#2f3b46", names.empty() ? 1 : 1.4,
        chip_.kind(node) == hw::CoreKind::port ? " stroke-dasharray=\"5 3\"" : "", node, kind, percent * busy, gated(node), escaped(all));
    const double middle = at.x + sizes_.node / 2;
    const auto line = [&](double y, std::string_view text) {
      out += fmt::format("<text class=\"middle{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", light, middle, at.y + y, escaped(text));
    };
    if (sizes_.letters == 0) {
      if (sizes_.node < 40) return out;
      line(sizes_.node * 0.42, fmt::format("{} {}", node, kind[0]));
      if (!names.empty()) line(sizes_.node * 0.72, fmt::format("{:.0f} %", percent * busy));
      return out;
    }
    line(17, fmt::format("{} {}", node, kind));
    constexpr std::size_t lines = 3;
    for (std::size_t i = 0; i < names.size() && i < lines; ++i) {
      const bool more = i + 1 == lines && names.size() > lines;
      std::string name = more ? fmt::format("and {} more", names.size() - i) : names[i];
      if (name.size() > sizes_.letters) name = name.substr(0, sizes_.letters - 2) + "..";
      line(34 + 13.0 * static_cast<double>(i), name);
    }
    if (!names.empty()) line(sizes_.node - 9, fmt::format("{:.1f} %", percent * busy));
    return out;
  }

  [[nodiscard]] static std::string legend(double y) {
    constexpr int steps = 40;
    constexpr double length = 220, height = 12, second = 290;
    std::string out;
    const auto bar = [&](double x, const auto& scale, const char* title, const std::array<const char*, 3>& ticks) {
      out += fmt::format("<text class=\"note\" x=\"{}\" y=\"{}\">{}</text>\n", x, y, title);
      for (int i = 0; i < steps; ++i) {
        out += fmt::format("<rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" fill=\"{}\"/>\n", x + length * i / steps, y + 8,
                           length / steps + 0.4, height, mixed(scale, (i + 0.5) / steps));
      }
      for (std::size_t i = 0; i < ticks.size(); ++i) {
        out +=
            fmt::format("<text class=\"note middle\" x=\"{:.1f}\" y=\"{}\">{}</text>\n", x + length * static_cast<double>(i) / 2, y + 36, ticks[i]);
      }
    };
    bar(margin, unit_scale, "node: its busiest unit works", {"0", "50", "100 %"});
    bar(margin + second, link_scale, "link: flits per cycle; each direction keeps to the right", {"0", "0.5", "1"});
    return out;
  }

  const hw::Program& program_;
  const hw::ChipParameters& chip_;
  const hw::Activity& window_;
  hw::Topology topology_;
  Sizes sizes_;
  std::vector<double> busy_;  ///< by node
};

}  // namespace

std::string heat_map_svg(const std::string& headline, const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& window) {
  return Page(program, chip, window).text(headline);
}

}  // namespace mho::analysis
