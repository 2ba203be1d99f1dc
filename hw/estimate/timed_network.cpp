#include "hw/estimate/timed_network.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace mho::hw {

namespace {

constexpr std::int64_t interfaces = 2;  // cycles, one at each end
constexpr std::int64_t unending = std::numeric_limits<std::int64_t>::max();

/// The lowest `count` bits of those that are set, or all.
std::uint64_t lowest(std::uint64_t set, std::int64_t count) {
  constexpr std::int64_t bits = 64;
  if (count >= bits) return set;
  const std::uint64_t together = ((std::uint64_t{1} << static_cast<std::uint64_t>(count)) - 1) << static_cast<std::uint64_t>(std::countr_zero(set));
  if ((set & together) == together && static_cast<std::int64_t>(std::bit_width(together)) - std::countr_zero(together) == count) return together;
  std::uint64_t given = 0;
  for (; count > 0 && set != 0; --count) {
    given |= set & (~set + 1);
    set &= set - 1;
  }
  return given;
}

}  // namespace

std::int64_t period_of(base::Frequency clock) { return std::llround(femtoseconds_per_second / clock.si()); }

LinkCalendar::Crossing LinkCalendar::take(std::int64_t cycle, std::int64_t flits) {
  if (cycle < begin_) return {cycle, cycle + flits - 1};
  const std::int64_t end = cycle + flits;
  if (end >= begin_ + words * bits) move_to(std::max(cycle, end + bits - words * bits / 2));
  // Usually all flits are entered at once. Of a packet longer than the calendar, only the last part is entered.
  const std::int64_t known = std::max(cycle, begin_);
  const std::uint64_t all = ~std::uint64_t{0}, first = all << static_cast<std::uint64_t>(known % bits),
                      last = ~(all << static_cast<std::uint64_t>(end % bits));  // 0 if the packet ends with a word
  const std::int64_t from = known / bits, to = end / bits;
  const auto mask = [&](std::int64_t w) { return (w == from ? first : all) & (w == to ? last : all); };
  for (std::int64_t w = from; w <= to; ++w) {
    if ((word(w * bits) & mask(w)) != 0) return take_singly(cycle, flits);
  }
  for (std::int64_t w = from; w <= to; ++w) word(w * bits) |= mask(w);
  return {cycle, end - 1};
}

LinkCalendar::Crossing LinkCalendar::take_singly(std::int64_t cycle, std::int64_t flits) {
  const std::int64_t asked = cycle;
  if (cycle >= full_from_ && cycle < full_to_) cycle = full_to_;
  Crossing crossing{-1, cycle};
  while (flits > 0) {
    if (cycle >= begin_ + words * bits) move_to(cycle);
    std::uint64_t& taken = word(cycle);
    const std::uint64_t free = ~taken & (~std::uint64_t{0} << static_cast<std::uint64_t>(cycle % bits));
    const std::int64_t first_of_word = cycle - cycle % bits;
    cycle = first_of_word + bits;
    if (free == 0) continue;
    if (crossing.first < 0) {
      crossing.first = first_of_word + std::countr_zero(free);
      full_from_ = asked >= full_from_ && asked <= full_to_ ? full_from_ : asked;
      full_to_ = crossing.first;
    }
    const std::uint64_t given = lowest(free, flits);
    taken |= given;
    flits -= given == ~std::uint64_t{0} ? bits : std::popcount(given);
    crossing.last = first_of_word + static_cast<std::int64_t>(std::bit_width(given)) - 1;
  }
  return crossing;
}

/// Moves the calendar so that half of it lies before `cycle`.
void LinkCalendar::move_to(std::int64_t cycle) {
  const std::int64_t begin = (cycle / bits - words / 2) * bits, end = begin_ + words * bits;
  if (begin >= end) {
    std::ranges::fill(taken_, 0);
  } else {
    for (std::int64_t c = begin_; c < begin; c += bits) word(c) = 0;
  }
  begin_ = begin;
  full_from_ = full_to_ = begin;
}

TimedNetwork::TimedNetwork(const Program& program, const ChipParameters& chip, double interval_s)
    : topology_(chip),
      column_first_(chip.noc.routing == NocRouting::yx),
      flit_bits_(chip.noc.flit_bits),
      period_(period_of(chip.network_frequency())),
      stages_(chip.noc.router_stages),
      link_cycles_per_flit_(chip.network_frequency().si() / chip.link_flits_per_second()),
      link_latency_(base::SimTime::from(chip.link.latency).femtoseconds()),
      chip_links_(static_cast<std::size_t>(topology_.chip_links())),
      buffer_flits_(chip.noc.buffer_flits),
      virtual_channels_(static_cast<std::size_t>(chip.noc.virtual_channels)) {
  const auto clock_of = [&](int node) {
    const CoreKind kind = chip.kind(node);
    return period_of(kind == CoreKind::port ? chip.clock : chip.clock_of(kind));
  };
  // A packet waits for the next edge, half a cycle on average, and for the synchroniser.
  const auto crossing = [&](std::int64_t from, std::int64_t to) { return from == to ? 0 : to / 2 + chip.synchroniser * to; };
  std::vector<Route> routes;  // legs of all edges
  for (const Edge& edge : program.edges) {
    const Stage& producer = program.stages[static_cast<std::size_t>(edge.producer)];
    const int from = producer.core, to = program.stages[static_cast<std::size_t>(edge.consumer)].core;
    Ends ends{.flits = flits(edge), .first_channel = static_cast<std::size_t>(edge.message_class) * virtual_channels_, .legs = {}, .chip_links = {}};
    const std::int64_t own = clock_of(from), other = clock_of(to);
    ends.other_clocks = crossing(own, period_) + crossing(period_, other);
    ends.back_other_clocks = crossing(other, period_) + crossing(period_, own);
    const std::int64_t load = static_cast<std::int64_t>(ends.flits) * edge.positions(producer.positions);
    int before = topology_.address(from).chip;
    for (const Topology::Leg& leg : topology_.legs(from, to)) {
      const bool travels = leg.from != leg.to;
      const int here = topology_.address(leg.from).chip;
      if (here != before) ends.chip_links.push_back(Topology::link_between(before, here));
      before = here;
      ends.legs.push_back({.travels = travels, .head = (stages_ * topology_.hops(leg.from, leg.to) + interfaces) * period_, .links = {}, .back = {}});
      routes.push_back({.way = travels ? links_of(leg.from, leg.to) : std::vector<int>{},
                        .back = travels ? links_of(leg.to, leg.from) : std::vector<int>{},
                        .load = load});
    }
    edges_.push_back(std::move(ends));
  }
  share(routes, interval_s * femtoseconds_per_second / static_cast<double>(period_));
}

/// Packets wait only where routes meet: at the interface of a node with several edges, and at links that packets reach over different links. Between
/// routers, a link that is busy for less than a tenth of the time counts as free: the mean wait there is less than 6 % of a packet (M/D/1). Packets
/// of several senders to one node meet at the link to the node.
void TimedNetwork::share(const std::vector<Route>& routes, double interval) {
  constexpr double little = 0.1;
  const std::size_t links =
      static_cast<std::size_t>(topology_.routers()) * static_cast<std::size_t>(topology_.ports()) + static_cast<std::size_t>(topology_.nodes());
  std::vector<int> before(links, -1), link_of(links, -1);
  std::vector<char> meets(links, 0);
  std::vector<std::int64_t> flits_of(links, 0);
  for (std::size_t r = 0; r < routes.size(); ++r) {
    const std::vector<int>& way = routes[r].way;
    for (std::size_t i = 0; i < way.size(); ++i) {
      const auto link = static_cast<std::size_t>(way[i]);
      const int from = i == 0 ? -2 - static_cast<int>(r) : way[i - 1];
      if (before[link] == -1) before[link] = from;
      if (before[link] != from) meets[link] = 1;
      flits_of[link] += routes[r].load;
    }
  }
  const auto shared = [&](const std::vector<int>& way) {
    std::vector<Shared> list;
    for (std::size_t i = 0; i < way.size(); ++i) {
      const auto link = static_cast<std::size_t>(way[i]);
      const bool at_end = i == 0 || i + 1 == way.size();
      if (meets[link] == 0 || (!at_end && static_cast<double>(flits_of[link]) < little * interval)) continue;
      if (link_of[link] < 0) {
        link_of[link] = static_cast<int>(links_.size());
        links_.push_back({.calendar = {}, .channels = std::vector<ChannelHistory>(virtual_channels_ * message_classes)});
      }
      list.push_back({link_of[link], stages_ * static_cast<std::int64_t>(i)});
    }
    return list;
  };
  std::size_t longest = 0, r = 0;
  for (Ends& ends : edges_) {
    for (Leg& leg : ends.legs) {
      leg.links = shared(routes[r].way);
      leg.back = shared(routes[r].back);
      longest = std::max(longest, leg.links.size());
      ++r;
    }
  }
  crossed_.resize(longest);
}

const ChannelHistory::Packet& ChannelHistory::before(std::int64_t cycle) const {
  for (std::size_t i = count_; i > 0 && i + remembered > count_; --i) {
    const Packet& packet = packets_[(i - 1) % remembered];
    if (packet.head <= cycle) return packet;
  }
  return none_;
}

void ChannelHistory::add(std::int64_t head, std::int64_t sent, std::int64_t gone) {
  std::size_t at = count_++;
  for (; at > 0 && at + remembered > count_ && packets_[(at - 1) % remembered].head > head; --at)
    packets_[at % remembered] = packets_[(at - 1) % remembered];
  Packet& packet = packets_[at % remembered];
  packet.head = head;
  packet.sent = sent;
  packet.gone = gone;
}

/// The channel that is free first for a head that could cross at `wanted`. If several are, the one whose buffer is free first.
TimedNetwork::Choice TimedNetwork::channel_for(const Link& link, std::size_t first, std::int64_t wanted) const {
  Choice best{.channel = first, .start = unending, .behind = unending};
  for (std::size_t c = first; c < first + virtual_channels_; ++c) {
    const ChannelHistory::Packet& packet = link.channels[c].before(wanted);
    const std::int64_t start = std::max(wanted, packet.sent);
    if (start > best.start || (start == best.start && packet.gone >= best.behind)) continue;
    best.channel = c;
    best.start = start;
    best.behind = packet.gone;
  }
  return best;
}

TimedNetwork::Way TimedNetwork::position(std::size_t edge, std::int64_t now) {
  const Ends& ends = edges_[edge];
  Way way = cross(ends.legs.front(), ends.flits, ends.first_channel, now);
  for (std::size_t i = 0; i < ends.chip_links.size(); ++i) {
    const std::int64_t there = over_chip_link(ends.chip_links[i], ends.flits, way.arrived);
    way.arrived = cross(ends.legs[i + 1], ends.flits, ends.first_channel, there).arrived;
  }
  // Data that stay on their node do not change the clock.
  if (ends.legs.front().travels || !ends.chip_links.empty()) way.arrived += ends.other_clocks;
  return way;
}

/// Time at which flits that arrive at `now` have crossed a link between two chips, in its first free cycles.
std::int64_t TimedNetwork::over_chip_link(int link, std::int64_t flits, std::int64_t now) {
  const std::int64_t cycle = now / period_,
                     cycles = std::max<std::int64_t>(1, std::llround(std::ceil(static_cast<double>(flits) * link_cycles_per_flit_)));
  const LinkCalendar::Crossing crossing = chip_links_[static_cast<std::size_t>(link)].take(cycle, cycles);
  const std::int64_t late = crossing.last - (cycle + cycles - 1);
  return now + late * period_ + chip_link_time(flits);
}

/// Time of flits over a free link between chips, in femtoseconds and rounded up to whole cycles.
std::int64_t TimedNetwork::chip_link_time(std::int64_t flits) const {
  const double cycles = static_cast<double>(flits) * link_cycles_per_flit_ + static_cast<double>(link_latency_) / static_cast<double>(period_);
  constexpr double rounding = 1e-9;
  return std::max<std::int64_t>(1, std::llround(std::ceil(cycles - rounding))) * period_;
}

TimedNetwork::Way TimedNetwork::cross(const Leg& leg, std::int64_t flits, std::size_t first_channel, std::int64_t now) {
  if (!leg.travels) return {now + period_, now + period_};
  const std::int64_t length = flits * period_, cycle = now / period_;
  const std::size_t links = leg.links.size();
  std::int64_t late = 0, behind = 0;  // delay of the head; cycle from which the packet ahead no longer blocks it
  for (std::size_t i = 0; i < links; ++i) {
    const Shared& shared = leg.links[i];
    Link& link = links_[static_cast<std::size_t>(shared.link)];
    const std::int64_t planned = cycle + shared.cycles;
    const Choice choice = channel_for(link, first_channel, std::max(planned + late, behind));
    const LinkCalendar::Crossing crossing = link.calendar.take(choice.start, flits);
    late = crossing.first - planned;
    behind = choice.behind;
    Crossed& crossed = crossed_[i];
    crossed.first = crossing.first;
    crossed.last = crossing.last;
    crossed.channel = choice.channel;
  }
  // The tail, from the last link to the first: flits without buffer space behind a link wait before it.
  for (std::size_t i = links; i > 0; --i) {
    Crossed& at = crossed_[i - 1];
    std::int64_t gone = at.last + 1;
    if (i < links) {
      const std::int64_t last = crossed_[i].last, cycles = leg.links[i].cycles - leg.links[i - 1].cycles;
      at.last = std::max(at.last, last - cycles / stages_ * buffer_flits_);
      gone = last - cycles + stages_ + 1;
    }
    links_[static_cast<std::size_t>(leg.links[i - 1].link)].channels[at.channel].add(at.first, at.last + 1, gone);
  }
  // The interface is the first of all links.
  const std::int64_t unhindered = cycle + flits - 1;
  const std::int64_t leaves_late = links > 0 && leg.links.front().cycles == 0 ? crossed_[0].last - unhindered : 0;
  const std::int64_t arrives_late = links > 0 ? crossed_[links - 1].last - leg.links.back().cycles - unhindered : 0;
  return {now + length + leaves_late * period_, now + leg.head + length - period_ + arrives_late * period_};
}

std::int64_t TimedNetwork::credits(std::size_t edge, std::int64_t now) {
  const Ends& ends = edges_[edge];
  // Credits have their own channels, so they pass waiting positions. Each occupies a link for the time of one flit.
  std::int64_t time = now;
  for (std::size_t i = ends.legs.size(); i > 0; --i) {
    const Leg& leg = ends.legs[i - 1];
    for (const Shared& link : leg.back) static_cast<void>(links_[static_cast<std::size_t>(link.link)].calendar.take(time / period_ + link.cycles, 1));
    if (i == 1) break;
    time += leg.travels ? leg.head : period_;
    time = over_chip_link(ends.chip_links[i - 2] ^ 1, 1, time);
  }
  return ends.chip_links.empty() ? now + credit_time(edge)
                                 : time + (ends.legs.front().travels ? ends.legs.front().head : period_) + ends.back_other_clocks;
}

std::int64_t TimedNetwork::credit_time(std::size_t edge) const {
  const Ends& ends = edges_[edge];
  if (ends.chip_links.empty()) return ends.legs.front().travels ? ends.legs.front().head + ends.back_other_clocks : period_;
  std::int64_t time = ends.back_other_clocks + static_cast<std::int64_t>(ends.chip_links.size()) * chip_link_time(1);
  for (const Leg& leg : ends.legs) time += leg.travels ? leg.head : period_;
  return time;
}

std::vector<int> TimedNetwork::links_of(int from, int to) const {
  const std::vector<int> way = routers(from, to);
  std::vector<int> links{topology_.routers() * topology_.ports() + from};
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
    // The direction in which the way to the target's row or column is shorter.
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
