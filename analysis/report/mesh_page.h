#pragma once

#include <string>

#include "analysis/plot/look.h"
#include "hw/program/activity.h"
#include "hw/spec/parameters.h"
#include "hw/spec/topology.h"

namespace mho::analysis {

/// Whether a link is drawn as a line; interfaces of nodes are not.
inline bool has_line(const hw::LinkActivity& link) {
  return link.kind == hw::LinkActivity::Kind::between || link.kind == hw::LinkActivity::Kind::chips;
}

/// Positions of nodes and links of a chip on the page of an SVG file. Several chips are drawn side by side.
class MeshPage {
 public:
  static constexpr double margin = 34;
  struct Point {
    double x, y;
  };
  /// Sizes on the page. A mesh with many nodes has smaller ones, with less text.
  struct Sizes {
    double node, gap, text;
    std::size_t letters;  ///< length of a stage's name; 0: no names
  };
  /// A direction of a link as a line.
  struct Line {
    Point begin, end, middle;
    double along_x, along_y;  ///< its direction
  };

  /// `chip` must outlive this object. The text of the network on chip is added to the heading. The page is at least `least_width` wide between its
  /// margins.
  MeshPage(const hw::ChipParameters& chip, Heading heading, double least_width);

  [[nodiscard]] const Sizes& sizes() const { return sizes_; }
  [[nodiscard]] const hw::Topology& topology() const { return topology_; }
  /// Upper left corner of a node's square.
  [[nodiscard]] Point corner(int node) const;
  [[nodiscard]] double bottom() const;  ///< lower edge of the mesh
  [[nodiscard]] Line line(const hw::LinkActivity& link) const;
  [[nodiscard]] double width() const;
  [[nodiscard]] Letters letters() const { return Letters(width()); }
  /// The file up to the first link; `below`: height of what follows the mesh. Classes: .node, texts of nodes and links; .light, white.
  [[nodiscard]] std::string head(double below) const;

 private:
  [[nodiscard]] double top() const { return heading_.height(width()) + 4; }
  [[nodiscard]] double pitch() const { return sizes_.node + sizes_.gap; }
  /// The end point of a router's links: its node, or the middle of the nodes that share it.
  [[nodiscard]] Point centre(int router) const;
  [[nodiscard]] Point centre_of_node(int node) const;
  /// Space between two chips in addition to that between nodes.
  [[nodiscard]] double between_chips() const { return sizes_.node; }

  const hw::ChipParameters& chip_;
  Heading heading_;
  double least_width_;
  hw::Topology topology_;
  Sizes sizes_;
};

}  // namespace mho::analysis
