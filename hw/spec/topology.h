#pragma once

#include <string>
#include <vector>

#include "hw/spec/parameters.h"

namespace mho::hw {

/// A node of one of several chips.
struct Address {
  int chip = 0;
  int node = 0;  ///< of the chip's mesh
  friend bool operator==(const Address&, const Address&) = default;
};

/// How nodes hang on routers, routers on each other and chips on each other. Nodes of a chip stand in a grid, node = y * width + x; a router serves a
/// block of them. Ports of a router: its nodes first, then east, west, south, north. Chips stand in a row, and the numbers of nodes and routers go
/// through all of them; a link joins a node of each chip with a node of the next.
class Topology {
 public:
  /// One chip. The grid must be a whole number of blocks; ChipParameters::read sees to it.
  Topology(int width, int height, const NocParameters& parameters);
  /// All chips.
  explicit Topology(const ChipParameters& chip);

  /// "8x8 mesh, xy routing, ...": what the network is made of.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] int nodes() const { return chips_ * nodes_per_chip(); }
  [[nodiscard]] int routers() const { return chips_ * columns_ * rows_; }
  [[nodiscard]] int locals() const { return block_columns_ * block_rows_; }
  [[nodiscard]] int ports() const { return locals() + 4; }
  [[nodiscard]] int width() const { return columns_ * block_columns_; }  ///< of the grid of nodes of a chip
  [[nodiscard]] int height() const { return rows_ * block_rows_; }
  [[nodiscard]] int columns() const { return columns_; }  ///< of routers of a chip
  [[nodiscard]] int rows() const { return rows_; }
  [[nodiscard]] int column(int router) const { return router % columns_; }
  [[nodiscard]] int row(int router) const { return router / columns_ % rows_; }

  [[nodiscard]] int router_of(int node) const;
  [[nodiscard]] int port_of(int node) const;  ///< local port of its router
  [[nodiscard]] int node_at(int router, int port) const;
  [[nodiscard]] int east() const { return locals(); }
  [[nodiscard]] int west() const { return locals() + 1; }
  [[nodiscard]] int south() const { return locals() + 2; }
  [[nodiscard]] int north() const { return locals() + 3; }
  /// The port at the other end of the link of a direction.
  [[nodiscard]] int opposite(int port) const { return locals() + ((port - locals()) ^ 1); }
  /// Router behind a direction's port, -1 at the edge of a mesh.
  [[nodiscard]] int neighbour(int router, int port) const;
  /// Routers that a packet traverses, both ends included; every routing takes a shortest route. Between chips: those of all its legs.
  [[nodiscard]] int hops(int from, int to) const;

  [[nodiscard]] int chips() const { return chips_; }
  [[nodiscard]] int nodes_per_chip() const { return width() * height(); }
  [[nodiscard]] int routers_per_chip() const { return columns_ * rows_; }
  [[nodiscard]] Address address(int node) const { return {node / nodes_per_chip(), node % nodes_per_chip()}; }
  [[nodiscard]] int node_of(const Address& address) const { return address.chip * nodes_per_chip() + address.node; }
  /// Number of the link, or rather its direction, from a chip to one beside it: 2 c from chip c to the next, 2 c + 1 from the next to chip c.
  [[nodiscard]] static int link_between(int from_chip, int to_chip) { return from_chip < to_chip ? 2 * from_chip : 2 * to_chip + 1; }
  /// How many there are.
  [[nodiscard]] int chip_links() const { return 2 * (chips_ - 1); }
  [[nodiscard]] int chip_link_begin(int link) const;  ///< the node at which a direction of a link begins
  [[nodiscard]] int chip_link_end(int link) const;    ///< the node at which it ends
  /// The way over one chip; both may be the same node.
  struct Leg {
    int from = 0, to = 0;  ///< nodes
  };
  /// Chip by chip, from the chip of `from` to that of `to`; between two of them the packet goes over a link.
  [[nodiscard]] std::vector<Leg> legs(int from, int to) const;

 private:
  [[nodiscard]] int hops_on_chip(int from, int to) const;
  int columns_, rows_;
  int block_columns_ = 1, block_rows_ = 1;
  bool wraps_ = false;  ///< torus
  NocParameters parameters_;
  int chips_ = 1;
  int to_previous_ = 0, to_next_ = 0;  ///< nodes of each chip that are linked with those beside it
};

}  // namespace mho::hw
