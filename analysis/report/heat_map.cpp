#include "analysis/report/heat_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "analysis/report/mesh_page.h"
#include "base/index.h"

namespace mho::analysis {

namespace {

using base::percent;
constexpr double least_map_width = 640;   // limited by the width of the legend
constexpr double least_labelled = 0.005;  // in flits per cycle; slower links have no label

struct Colour {
  double red = 0, green = 0, blue = 0;
};

/// Interpolates between three colours at 0, 1/2 and 1.
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

class Page {
 public:
  Page(const Heading& heading, const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& window)
      : program_(program),
        chip_(chip),
        window_(window),
        page_(chip, heading, least_map_width),
        sizes_(page_.sizes()),
        busy_(static_cast<std::size_t>(chip.nodes()), 0) {
    for (const hw::UnitActivity& unit : window.units) {
      const double cycles = window.elapsed.seconds() * chip.clock_of(chip.kind(unit.node)).si();
      double& busy = busy_.at(static_cast<std::size_t>(unit.node));
      busy = std::max(busy, static_cast<double>(unit.worked_cycles) / cycles);
    }
    for (const hw::LinkActivity& link : window.links) {
      if (has_line(link)) peak_ = std::max(peak_, rate_of(link));
    }
  }

  [[nodiscard]] std::string text() const {
    const Letters letters = page_.letters();
    std::string out = page_.head(6.5 * letters.text);
    for (const hw::LinkActivity& link : window_.links) {
      if (has_line(link)) out += drawn(link);
    }
    for (int node = 0; node < chip_.nodes(); ++node) out += drawn(node);
    return out + legend(page_.bottom() + 2.2 * letters.text, letters) + "</svg>\n";
  }

 private:
  /// Flits per cycle of the network; for a link between chips, its share of the flits that it can send.
  [[nodiscard]] double rate_of(const hw::LinkActivity& link) const { return hw::seconds_at_work(link, chip_) / window_.elapsed.seconds(); }

  [[nodiscard]] std::string drawn(const hw::LinkActivity& link) const {
    const double rate = rate_of(link), share = rate / peak_;
    const bool between_chips = link.kind == hw::LinkActivity::Kind::chips;
    const auto [begin, end, middle, along_x, along_y] = page_.line(link);
    std::string out = fmt::format(
        "<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" stroke=\"{}\" stroke-width=\"{:.1f}\"><title>{} {} to {}: {:.4f} {}"
        "</title></path>\n",
        begin.x, begin.y, end.x, end.y, mixed(link_scale, share), sizes_.gap * (rate >= least_labelled ? 0.07 + 0.13 * share : 0.035),
        between_chips ? "link between chips, node" : "router", link.from, link.to, rate, between_chips ? "of its rate" : "flits per cycle");
    if (rate < least_labelled || sizes_.letters == 0) return out;
    const double away = along_y == 0 ? 9 : 3;
    const bool right_side = -along_y > 0;
    if (along_y == 0) {
      out += fmt::format("<text class=\"node middle\" x=\"{:.1f}\" y=\"{:.1f}\">{:.2f}</text>\n", middle.x,
                         middle.y + (along_x > 0 ? away + 4 : -away + 4), rate);
    } else {
      out += fmt::format("<text class=\"node{}\" x=\"{:.1f}\" y=\"{:.1f}\">{:.2f}</text>\n", right_side ? "" : " end",
                         middle.x + (right_side ? away + 2 : -away - 2), middle.y + 4, rate);
    }
    return out;
  }

  /// Text on the activity of the power gates of the node's core and router.
  [[nodiscard]] std::string gated(int node) const {
    std::string text;
    for (const hw::GateActivity& gate : window_.gates) {
      const bool router = gate.unit == hw::GateActivity::Unit::router;
      if (gate.number != (router ? page_.topology().router_of(node) : node)) continue;
      const double clock = (router ? chip_.network_clock.value_or(chip_.clock) : chip_.clock_of(chip_.kind(node))).si();
      text += fmt::format(", {} gated {:.1f} %", hw::unit_name(gate.unit),
                          percent * static_cast<double>(gate.gated_cycles) / (window_.elapsed.seconds() * clock));
    }
    return text;
  }

  [[nodiscard]] std::string drawn(int node) const {
    const MeshPage::Point at = page_.corner(node);
    const double busy = busy_[static_cast<std::size_t>(node)];
    std::vector<std::string> names;
    for (const hw::Stage& stage : program_.stages) {
      if (stage.core == node) names.push_back(stage.name);
    }
    const char* kind = chip_.kind(node) == hw::CoreKind::port ? "port" : chip_.kind(node) == hw::CoreKind::analog ? "analog" : "digital";
    const char* const light = busy > 0.55 ? " light" : "";
    // Digital cores have round corners, to distinguish them from analog cores without colour.
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
      out += fmt::format("<text class=\"node middle{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", light, middle, at.y + y,
                         name_text(text, std::max<std::size_t>(sizes_.letters, 8)));
    };
    if (sizes_.letters == 0) {
      if (sizes_.node < 40) return out;
      line(sizes_.node * 0.42, fmt::format("{} {}", node, kind[0]));
      if (!names.empty()) line(sizes_.node * 0.72, fmt::format("{:.0f} %", percent * busy));
      return out;
    }
    line(1.35 * sizes_.text, fmt::format("{} {}", node, kind));
    constexpr std::size_t lines = 3;
    for (std::size_t i = 0; i < names.size() && i < lines; ++i) {
      const bool more = i + 1 == lines && names.size() > lines;
      line(sizes_.text * (2.6 + 1.15 * static_cast<double>(i)), more ? fmt::format("and {} more", names.size() - i) : names[i]);
    }
    if (!names.empty()) line(sizes_.node - 8, fmt::format("{:.1f} %", percent * busy));
    return out;
  }

  [[nodiscard]] std::string legend(double y, const Letters& letters) const {
    constexpr int steps = 40;
    const double length = 0.34 * page_.width(), height = letters.note, second = 0.5 * page_.width() - MeshPage::margin;
    std::string out;
    const auto bar = [&](double x, const auto& scale, const char* title, const std::array<std::string, 3>& ticks) {
      out += fmt::format("<text class=\"note\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", x, y, title);
      for (int i = 0; i < steps; ++i) {
        out += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>\n", x + length * i / steps,
                           y + height / 2, length / steps + 0.4, height, mixed(scale, (i + 0.5) / steps));
      }
      for (std::size_t i = 0; i < ticks.size(); ++i) {
        out += fmt::format("<text class=\"note middle\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", x + length * static_cast<double>(i) / 2,
                           y + 2.8 * height, ticks[i]);
      }
    };
    bar(MeshPage::margin, unit_scale, "node: its busiest unit works", {"0", "50", "100 %"});
    bar(MeshPage::margin + second, link_scale, "link: flits per cycle, each direction on its right",
        {"0", fmt::format("{:.3g}", peak_ / 2), fmt::format("{:.3g}", peak_)});
    return out;
  }

  const hw::Program& program_;
  const hw::ChipParameters& chip_;
  const hw::Activity& window_;
  MeshPage page_;
  MeshPage::Sizes sizes_;
  std::vector<double> busy_;  ///< by node
  double peak_ = 1e-9;        ///< flits per cycle of the busiest link; above 0, because it is a divisor
};

}  // namespace

std::string heat_map_svg(const Heading& heading, const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& window) {
  return Page(heading, program, chip, window).text();
}

}  // namespace mho::analysis
