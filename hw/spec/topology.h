#pragma once

#include <string>
#include <vector>

#include "hw/spec/parameters.h"

namespace mho::hw {

/// A node, by chip and number on that chip.
struct Address {
  int chip = 0;
  int node = 0;  ///< of the chip's mesh
  friend bool operator==(const Address&, const Address&) = default;
};

/// Connections of nodes, routers and chips. Nodes of a chip form a grid, node = y * width + x; each router serves a rectangular block of them. Ports
/// of a router: first its nodes, then east, west, south, north. Chips form a row. Nodes and routers are numbered through all chips. One link joins a
/// node of each chip with a node of the next chip.
class Topology {
 public:
  /// One chip. The grid must be a whole number of blocks; ChipParameters::read checks this.
  Topology(int width, int height, const NocParameters& parameters);
  /// All chips.
  explicit Topology(const ChipParameters& chip);

  /// Description for reports: "8x8 mesh, xy routing, ...".
  [[nodiscard]] std::string text() const;
  [[nodiscard]] int nodes() const { return chips_ * nodes_per_chip(); }
  [[nodiscard]] int routers() const { return chips_ * columns_ * rows_; }
  [[nodiscard]] int locals() const { return block_columns_ * block_rows_; }
  [[nodiscard]] int ports() const { return locals() + 4; }
  [[nodiscard]] int width() const { return columns_ * block_columns_; }  ///< of a chip's grid, in nodes
  [[nodiscard]] int height() const { return rows_ * block_rows_; }
  [[nodiscard]] int columns() const { return columns_; }  ///< of a chip's grid, in routers
  [[nodiscard]] int rows() const { return rows_; }
  [[nodiscard]] int column(int router) const { return router % columns_; }
  [[nodiscard]] int row(int router) const { return router / columns_ % rows_; }

  [[nodiscard]] int router_of(int node) const;
  [[nodiscard]] int port_of(int node) const;  ///< local port of the node at its router
  /// Node at a local port of a router.
  [[nodiscard]] int node_at(int router, int port) const;
  [[nodiscard]] int east() const { return locals(); }
  [[nodiscard]] int west() const { return locals() + 1; }
  [[nodiscard]] int south() const { return locals() + 2; }
  [[nodiscard]] int north() const { return locals() + 3; }
  /// The port at the other end of the link of port `port`, which is not a local one.
  [[nodiscard]] int opposite(int port) const { return locals() + ((port - locals()) ^ 1); }
  /// Router at the other end of the link of port `port`; -1 at the edge of a mesh.
  [[nodiscard]] int neighbour(int router, int port) const;
  /// Routers that a packet traverses, both ends included; all routes are shortest. Between chips: the sum over the legs, where a leg within one node
  /// counts 0.
  [[nodiscard]] int hops(int from, int to) const;

  [[nodiscard]] int chips() const { return chips_; }
  [[nodiscard]] int nodes_per_chip() const { return width() * height(); }
  [[nodiscard]] int routers_per_chip() const { return columns_ * rows_; }
  [[nodiscard]] Address address(int node) const { return {node / nodes_per_chip(), node % nodes_per_chip()}; }
  [[nodiscard]] int node_of(const Address& address) const { return address.chip * nodes_per_chip() + address.node; }
  /// Number of a link direction between neighbouring chips: 2 c from chip c to chip c + 1, 2 c + 1 back.
  [[nodiscard]] static int link_between(int from_chip, int to_chip) { return from_chip < to_chip ? 2 * from_chip : 2 * to_chip + 1; }
  /// The number of link directions.
  [[nodiscard]] int chip_links() const { return 2 * (chips_ - 1); }
  [[nodiscard]] int chip_link_begin(int link) const;  ///< node at which link direction `link` begins
  [[nodiscard]] int chip_link_end(int link) const;    ///< node at which it ends
  /// The part of a route on one chip; both ends may be the same node.
  struct Leg {
    int from = 0, to = 0;  ///< nodes
  };
  /// The legs of a route in order, one per chip from the chip of `from` to that of `to`. A link between chips joins one leg to the next.
  [[nodiscard]] std::vector<Leg> legs(int from, int to) const;

 private:
  [[nodiscard]] int hops_on_chip(int from, int to) const;
  int columns_, rows_;
  int block_columns_ = 1, block_rows_ = 1;
  bool wraps_ = false;  ///< torus
  NocParameters parameters_;
  int chips_ = 1;
  int to_previous_ = 0, to_next_ = 0;  ///< nodes of each chip at which its links end
};

}  // namespace mho::hw
