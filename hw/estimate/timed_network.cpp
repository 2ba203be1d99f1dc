#include "hw/estimate/timed_network.h"

#include <algorithm>
#include <cmath>

namespace mho::hw {

std::int64_t period_of(base::Frequency clock) {
  constexpr double femtoseconds = 1e15;
  return std::llround(femtoseconds / clock.si());
}

TimedNetwork::TimedNetwork(const Program& program, const ChipParameters& chip)
    : topology_(chip.mesh_width, chip.mesh_height, chip.noc),
      column_first_(chip.noc.routing == NocRouting::yx),
      flit_bits_(chip.noc.flit_bits),
      period_(period_of(chip.network_clock.value_or(chip.clock))),
      stages_(static_cast<std::int64_t>(chip.noc.router_stages) * period_),
      enters_(static_cast<std::size_t>(chip.nodes()), 0),
      links_(static_cast<std::size_t>(topology_.routers()) * static_cast<std::size_t>(topology_.ports()), 0) {
  constexpr std::int64_t interfaces = 2;
  const auto clock_of = [&](int node) {
    const CoreKind kind = chip.kind(node);
    return period_of(kind == CoreKind::port ? chip.clock : chip.clock_of(kind));
  };
  // A packet waits for the next edge, half a cycle on average, and for the synchroniser.
  const auto crossing = [&](std::int64_t from, std::int64_t to) { return from == to ? 0 : to / 2 + chip.synchroniser * to; };
  for (const Edge& edge : program.edges) {
    Ends ends{.from = program.stages[static_cast<std::size_t>(edge.producer)].core,
              .to = program.stages[static_cast<std::size_t>(edge.consumer)].core,
              .flits = flits(edge),
              .links = {},
              .back = {}};
    ends.head = (static_cast<std::int64_t>(chip.noc.router_stages) * topology_.hops(ends.from, ends.to) + interfaces) * period_;
    if (ends.from != ends.to) {
      ends.links = links_of(ends.from, ends.to);
      ends.back = links_of(ends.to, ends.from);
    }
    const std::int64_t from = clock_of(ends.from), to = clock_of(ends.to);
    ends.other_clocks = crossing(from, period_) + crossing(period_, to);
    ends.back_other_clocks = crossing(to, period_) + crossing(period_, from);
    edges_.push_back(ends);
  }
}

TimedNetwork::Way TimedNetwork::position(std::size_t edge, std::int64_t now) {
  const Ends& ends = edges_[edge];
  if (ends.from == ends.to) return {now + period_, now + period_};
  std::int64_t& enters = enters_[static_cast<std::size_t>(ends.from)];
  const std::int64_t length = ends.flits * period_, begin = std::max(now, enters);
  enters = begin + length;
  std::int64_t head = begin;
  for (const int link : ends.links) {
    std::int64_t& free = links_[static_cast<std::size_t>(link)];
    head = std::max(head + stages_, free);
    free = head + length;
  }
  constexpr std::int64_t interfaces = 2;
  return {begin + length, head + interfaces * period_ + length - period_ + ends.other_clocks};
}

std::int64_t TimedNetwork::credits(std::size_t edge, std::int64_t now) {
  const Ends& ends = edges_[edge];
  if (ends.from == ends.to) return now + period_;
  // On channels of their own, so that they pass the positions that wait; each takes a flit of theirs.
  std::int64_t& enters = enters_[static_cast<std::size_t>(ends.to)];
  enters = std::max(now, enters) + period_;
  for (const int link : ends.back) {
    std::int64_t& free = links_[static_cast<std::size_t>(link)];
    free = std::max(free, now) + period_;
  }
  return now + ends.head + ends.back_other_clocks;
}

std::vector<int> TimedNetwork::links_of(int from, int to) const {
  const std::vector<int> way = routers(from, to);
  std::vector<int> links;
  for (std::size_t i = 0; i < way.size(); ++i) {
    int port = topology_.port_of(to);
    for (int p = topology_.locals(); i + 1 < way.size() && p < topology_.ports(); ++p) {
      if (topology_.neighbour(way[i], p) == way[i + 1]) port = p;
    }
    links.push_back(way[i] * topology_.ports() + port);
  }
  return links;
}

std::vector<int> TimedNetwork::routers(int from, int to) const {
  int at = topology_.router_of(from);
  std::vector<int> way{at};
  const auto steps = [&](int forward, int backward) {
    // One direction or the other, whichever is shorter to the target's row or column.
    while (true) {
      int best = at, least = topology_.hops(topology_.node_at(at, 0), to);
      for (const int port : {forward, backward}) {
        const int next = topology_.neighbour(at, port);
        if (next < 0) continue;
        const int hops = topology_.hops(topology_.node_at(next, 0), to);
        if (hops < least) {
          least = hops;
          best = next;
        }
      }
      if (best == at) return;
      at = best;
      way.push_back(at);
    }
  };
  const auto across = [&] { steps(topology_.east(), topology_.west()); };
  const auto down = [&] { steps(topology_.south(), topology_.north()); };
  if (column_first_) {
    down();
    across();
  } else {
    across();
    down();
  }
  return way;
}

}  // namespace mho::hw
