#include "hw/spec/topology.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace mho::hw {

Topology::Topology(int width, int height, const NocParameters& parameters)
    : block_columns_(parameters.concentration > 1 ? 2 : 1),
      block_rows_(parameters.concentration / block_columns_),
      wraps_(parameters.topology == NocTopology::torus),
      parameters_(parameters) {
  columns_ = width / block_columns_;
  rows_ = height / block_rows_;
}

std::string Topology::text() const {
  const char* routing = parameters_.routing == NocRouting::xy ? "xy" : parameters_.routing == NocRouting::yx ? "yx" : "west-first";
  const std::string nodes = locals() == 1 ? "" : fmt::format(" of routers with {} nodes each", locals());
  const GatingParameters& gating = parameters_.gating;
  const std::string ahead = gating.look_ahead > 0 ? fmt::format(" looking {} ahead", gating.look_ahead) : "";
  const std::string gated =
      gating.on ? fmt::format(", gated after {} idle cycle{} and awake in {}", gating.idle, gating.idle == 1 ? "" : "s", gating.wake_up) + ahead : "";
  return fmt::format("{}x{} {}{}, {} routing, {}-stage routers with {} virtual channel{} of {} flits a message class{}", columns_, rows_,
                     wraps_ ? "torus" : "mesh", nodes, routing, parameters_.router_stages, parameters_.virtual_channels,
                     parameters_.virtual_channels == 1 ? "" : "s", parameters_.buffer_flits, gated);
}

int Topology::router_of(int node) const {
  const int width = columns_ * block_columns_;
  return node / width / block_rows_ * columns_ + node % width / block_columns_;
}

int Topology::port_of(int node) const {
  const int width = columns_ * block_columns_;
  return node / width % block_rows_ * block_columns_ + node % width % block_columns_;
}

int Topology::node_at(int router, int port) const {
  const int x = column(router) * block_columns_ + port % block_columns_;
  const int y = row(router) * block_rows_ + port / block_columns_;
  return y * columns_ * block_columns_ + x;
}

int Topology::neighbour(int router, int port) const {
  constexpr int directions[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
  const auto& direction = directions[port - locals()];
  int x = column(router) + direction[0];
  int y = row(router) + direction[1];
  if (wraps_) {
    x = (x + columns_) % columns_;
    y = (y + rows_) % rows_;
  } else if (x < 0 || x >= columns_ || y < 0 || y >= rows_) {
    return -1;
  }
  return y * columns_ + x;
}

int Topology::hops(int from, int to) const {
  const int a = router_of(from);
  const int b = router_of(to);
  int dx = std::abs(column(a) - column(b));
  int dy = std::abs(row(a) - row(b));
  if (wraps_) {
    dx = std::min(dx, columns_ - dx);
    dy = std::min(dy, rows_ - dy);
  }
  return dx + dy + 1;
}

}  // namespace mho::hw
