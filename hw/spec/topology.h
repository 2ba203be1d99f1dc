#pragma once

#include <string>

#include "hw/spec/parameters.h"

namespace mho::hw {

/// How nodes hang on routers and routers on each other. Nodes stand in a grid, node = y * width + x; a router serves a block of them. Ports of a
/// router: its nodes first, then east, west, south, north.
class Topology {
 public:
  /// The grid must be a whole number of blocks; ChipParameters::read sees to it.
  Topology(int width, int height, const NocParameters& parameters);

  /// "8x8 mesh, xy routing, ...": what the network is made of.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] int nodes() const { return columns_ * block_columns_ * rows_ * block_rows_; }
  [[nodiscard]] int routers() const { return columns_ * rows_; }
  [[nodiscard]] int locals() const { return block_columns_ * block_rows_; }
  [[nodiscard]] int ports() const { return locals() + 4; }
  [[nodiscard]] int width() const { return columns_ * block_columns_; }  ///< of the grid of nodes
  [[nodiscard]] int height() const { return rows_ * block_rows_; }
  [[nodiscard]] int columns() const { return columns_; }  ///< of routers
  [[nodiscard]] int rows() const { return rows_; }
  [[nodiscard]] int column(int router) const { return router % columns_; }
  [[nodiscard]] int row(int router) const { return router / columns_; }

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
  /// Routers that a packet traverses, both ends included; every routing takes a shortest route.
  [[nodiscard]] int hops(int from, int to) const;

 private:
  int columns_, rows_;
  int block_columns_ = 1, block_rows_ = 1;
  bool wraps_ = false;  ///< torus
  NocParameters parameters_;
};

}  // namespace mho::hw
