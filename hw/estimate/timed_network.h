#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "hw/program/program.h"
#include "hw/spec/network_activity.h"
#include "hw/spec/topology.h"

namespace mho::hw {

inline constexpr double femtoseconds_per_second = 1e15;

/// Femtoseconds of a cycle.
[[nodiscard]] std::int64_t period_of(base::Frequency clock);

/// The cycles in which flits cross a link. Packets may be added in any order of time. It remembers about 65 536 cycles; a link is taken as free
/// before them.
class LinkCalendar {
 public:
  struct Crossing {
    std::int64_t first, last;
  };
  /// Gives `flits` the first cycles from `cycle` on that are free.
  Crossing take(std::int64_t cycle, std::int64_t flits);

 private:
  static constexpr std::int64_t words = 1024, bits = 64;  ///< powers of two
  [[nodiscard]] std::uint64_t& word(std::int64_t cycle) { return taken_[static_cast<std::size_t>(cycle / bits % words)]; }
  Crossing take_singly(std::int64_t cycle, std::int64_t flits);
  void move_to(std::int64_t cycle);
  std::vector<std::uint64_t> taken_ = std::vector<std::uint64_t>(words);
  std::int64_t begin_ = 0;                    ///< the first cycle that it knows, a multiple of 64
  std::int64_t full_from_ = 0, full_to_ = 0;  ///< cycles without a free one between them
};

/// A virtual channel of a link: packets that took it, one after the other.
class ChannelHistory {
 public:
  struct Packet {
    std::int64_t head, sent, gone;  ///< cycles: its head crosses the link; its tail has crossed it; its tail has left the buffer behind it
  };
  /// The last packet whose head crossed by `cycle`. Where none is remembered, a packet of cycle -1.
  [[nodiscard]] const Packet& before(std::int64_t cycle) const;
  void add(std::int64_t head, std::int64_t sent, std::int64_t gone);

 private:
  static constexpr std::size_t remembered = 16;  // a power of two
  static constexpr std::int64_t long_ago = -1;
  Packet none_{long_ago, long_ago, long_ago};
  std::array<Packet, remembered> packets_{};
  std::size_t count_ = 0;
};

/// The network on chip of an estimate. Flits of a packet take the first free cycles of its node's interface and of each link, as their head reaches
/// it; those that were asked for first come first where both want the same cycle. As in the routers, a packet has one of the virtual channels of its
/// message class on each link until its tail has crossed it, waits behind the packet ahead of it in that channel's buffer, and stands on the link
/// before where that buffer is too small for it.
/// Between chips it crosses one mesh after the other; a link in between takes packets in the cycles of the network that it is free in.
class TimedNetwork {
 public:
  /// Times in femtoseconds. `interval_s`: what an inference takes at least while one follows the other.
  TimedNetwork(const Program& program, const ChipParameters& chip, double interval_s = 0);
  [[nodiscard]] std::int64_t period() const { return period_; }
  [[nodiscard]] int flits(const Edge& edge) const { return edge.flits(flit_bits_); }

  struct Way {
    std::int64_t sent, arrived;  ///< the tail has left its node, and reached the other one
  };
  /// A position of edge `edge`, from now on.
  Way position(std::size_t edge, std::int64_t now);
  /// When credits reach the producer of `edge`.
  std::int64_t credits(std::size_t edge, std::int64_t now);
  /// Femtoseconds that credits travel from consumer to producer when nothing is in their way.
  [[nodiscard]] std::int64_t credit_time(std::size_t edge) const;

  /// Routers of the way from node to node, both ends included.
  [[nodiscard]] std::vector<int> routers(int from, int to) const;
  [[nodiscard]] const Topology& topology() const { return topology_; }

 private:
  /// Numbers of the sender's interface, then of the router and port of each link, the port of the other node at last.
  [[nodiscard]] std::vector<int> links_of(int from, int to) const;
  /// A link that another edge takes too, and when a head that leaves at once reaches it.
  struct Shared {
    int link = 0;
    std::int64_t cycles = 0;
  };
  /// The way over one chip.
  struct Leg {
    bool travels = true;              ///< else it begins where it ends
    std::int64_t head = 0;            ///< time of a head through all routers and both interfaces
    std::vector<Shared> links, back;  ///< of the way and of the way back, the interface of the sender first
  };
  struct Ends {
    int flits = 1;
    std::size_t first_channel = 0;                         ///< of its message class
    std::vector<Leg> legs;                                 ///< chip by chip
    std::vector<int> chip_links;                           ///< between them
    std::int64_t other_clocks = 0, back_other_clocks = 0;  ///< of the synchronisers on the way, and on the way back
  };
  /// A leg with the links that it takes there and back.
  struct Route {
    std::vector<int> way, back;
    std::int64_t load = 0;  ///< flits of an inference
  };
  void share(const std::vector<Route>& routes, double interval);
  Way cross(const Leg& leg, std::int64_t flits, std::size_t first_channel, std::int64_t now);
  std::int64_t over_chip_link(int link, std::int64_t flits, std::int64_t now);
  [[nodiscard]] std::int64_t chip_link_time(std::int64_t flits) const;
  Topology topology_;
  bool column_first_;
  int flit_bits_;
  std::int64_t period_;
  std::int64_t stages_;                   ///< cycles of a head in a router
  double link_cycles_per_flit_;           ///< of a link between chips
  std::int64_t link_latency_;             ///< of it
  std::vector<LinkCalendar> chip_links_;  ///< by direction
  std::vector<Ends> edges_;
  struct Link {
    LinkCalendar calendar;
    std::vector<ChannelHistory> channels;  ///< those of a message class side by side
  };
  struct Choice {
    std::size_t channel;
    std::int64_t start, behind;  ///< cycles: of the head at the earliest; when the packet ahead has left the buffer
  };
  [[nodiscard]] Choice channel_for(const Link& link, std::size_t first, std::int64_t wanted) const;
  std::vector<Link> links_;  ///< those that edges share
  std::int64_t buffer_flits_;
  std::size_t virtual_channels_;
  /// Of the packet under way, by link that it shares.
  struct Crossed {
    std::int64_t first = 0, last = 0;
    std::size_t channel = 0;
  };
  std::vector<Crossed> crossed_;
};

}  // namespace mho::hw
