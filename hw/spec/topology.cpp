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

Topology::Topology(const ChipParameters& chip) : Topology(chip.mesh_width, chip.mesh_height, chip.noc) {
  chips_ = chip.chips;
  to_previous_ = chip.link.to_previous;
  to_next_ = chip.link.to_next;
}

std::string Topology::text() const {
  const char* routing = parameters_.routing == NocRouting::xy ? "xy" : parameters_.routing == NocRouting::yx ? "yx" : "west-first";
  const std::string nodes = locals() == 1 ? "" : fmt::format(" of routers with {} nodes each", locals());
  const GatingParameters& gating = parameters_.gating;
  const std::string ahead = gating.look_ahead > 0 ? fmt::format(" looking {} ahead", gating.look_ahead) : "";
  const std::string gated =
      gating.on ? fmt::format(", gated after {} idle cycle{} and awake in {}", gating.idle, gating.idle == 1 ? "" : "s", gating.wake_up) + ahead : "";
  const std::string chips = chips_ == 1 ? "" : fmt::format("{} chips, each a ", chips_);
  return fmt::format("{}{}x{} {}{}, {} routing, {}-stage routers with {} virtual channel{} of {} flits a message class{}", chips, columns_, rows_,
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
  const int y = router / columns_ * block_rows_ + port / block_columns_;  // row, counted through all chips
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
  return router / routers_per_chip() * routers_per_chip() + y * columns_ + x;
}

int Topology::chip_link_begin(int link) const {
  const int chip = link / 2;
  return link % 2 == 0 ? node_of({chip, to_next_}) : node_of({chip + 1, to_previous_});
}

int Topology::chip_link_end(int link) const { return chip_link_begin(link ^ 1); }

std::vector<Topology::Leg> Topology::legs(int from, int to) const {
  std::vector<Leg> legs;
  const int last = address(to).chip;
  int at = from;
  for (int chip = address(from).chip; chip != last;) {
    const int next = chip < last ? chip + 1 : chip - 1, link = link_between(chip, next);
    legs.push_back({at, chip_link_begin(link)});
    at = chip_link_end(link);
    chip = next;
  }
  legs.push_back({at, to});
  return legs;
}

int Topology::hops(int from, int to) const {
  if (chips_ == 1) return hops_on_chip(from, to);
  const std::vector<Leg> ways = legs(from, to);
  if (ways.size() == 1) return hops_on_chip(from, to);
  int sum = 0;
  for (const Leg& leg : ways) sum += leg.from == leg.to ? 0 : hops_on_chip(leg.from, leg.to);
  return sum;
}

int Topology::hops_on_chip(int from, int to) const {
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
