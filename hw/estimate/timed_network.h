#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "hw/program/program.h"
#include "hw/spec/network_activity.h"
#include "hw/spec/topology.h"

namespace mho::hw {

inline constexpr double femtoseconds_per_second = 1e15;

/// Duration of a cycle in fs.
[[nodiscard]] std::int64_t period_of(base::Frequency clock);

/// The cycles in which flits cross a link. Packets may be added in any order of time. The calendar stores 65 536 cycles; earlier cycles count as
/// free.
class LinkCalendar {
 public:
  /// First and last cycle of a packet on the link.
  struct Crossing {
    std::int64_t first, last;
  };
  /// Reserves the first `flits` free cycles from `cycle` on.
  Crossing take(std::int64_t cycle, std::int64_t flits);

 private:
  static constexpr std::int64_t words = 1024, bits = 64;  ///< powers of two
  [[nodiscard]] std::uint64_t& word(std::int64_t cycle) { return taken_[static_cast<std::size_t>(cycle / bits % words)]; }
  Crossing take_singly(std::int64_t cycle, std::int64_t flits);
  void move_to(std::int64_t cycle);
  std::vector<std::uint64_t> taken_ = std::vector<std::uint64_t>(words);
  std::int64_t begin_ = 0;                    ///< first stored cycle, a multiple of 64
  std::int64_t full_from_ = 0, full_to_ = 0;  ///< range of cycles that are all taken
};

/// A virtual channel of a link: the latest 16 packets that used it, in order.
class ChannelHistory {
 public:
  struct Packet {
    std::int64_t head, sent, gone;  ///< cycles: head crosses the link; tail has crossed it; tail has left the buffer behind the link
  };
  /// The last packet whose head crossed in or before `cycle`. Without one, a packet of cycle -1.
  [[nodiscard]] const Packet& before(std::int64_t cycle) const;
  void add(std::int64_t head, std::int64_t sent, std::int64_t gone);

 private:
  static constexpr std::size_t remembered = 16;  // a power of two
  static constexpr std::int64_t long_ago = -1;
  Packet none_{long_ago, long_ago, long_ago};
  std::array<Packet, remembered> packets_{};
  std::size_t count_ = 0;
};

/// The network on chip of an estimate. The flits of a packet take the first free cycles of the sender's interface and of each shared link after the
/// arrival of the head; earlier requests have priority. As in the routers, a packet holds a virtual channel of its message class on each link until
/// its tail has crossed it, waits behind the previous packet in the buffer of that channel, and occupies the previous link if the buffer is too small
/// for it. A link counts as free if packets enter it from one place only or, between routers, if it is busy for less than 10 % of `interval_s`.
/// Packets between chips cross one mesh after the other; a link between chips takes packets in its free cycles of the network's clock.
class TimedNetwork {
 public:
  /// All times are in fs, except `interval_s`: lower bound in s of the interval between inferences; 0: unknown.
  TimedNetwork(const Program& program, const ChipParameters& chip, double interval_s = 0);
  [[nodiscard]] std::int64_t period() const { return period_; }
  [[nodiscard]] int flits(const Edge& edge) const { return edge.flits(flit_bits_); }

  struct Way {
    std::int64_t sent, arrived;  ///< times at which the tail has left its node, and has reached the receiver
  };
  /// Sends a position of edge `edge` at time `now`.
  Way position(std::size_t edge, std::int64_t now);
  /// Sends a packet of credits to the producer of `edge` at time `now`. Returns its time of arrival.
  std::int64_t credits(std::size_t edge, std::int64_t now);
  /// Travel time of credits from consumer to producer in an empty network, in fs.
  [[nodiscard]] std::int64_t credit_time(std::size_t edge) const;

  /// Routers of the route between two nodes of one chip, both ends included. West-first routes are taken as xy.
  [[nodiscard]] std::vector<int> routers(int from, int to) const;
  [[nodiscard]] const Topology& topology() const { return topology_; }

 private:
  /// Numbers of the links of a route: the sender's interface, then the output port of each router, the last one to the receiver.
  [[nodiscard]] std::vector<int> links_of(int from, int to) const;
  /// A link shared with other edges, and the cycles after which an undelayed head reaches it.
  struct Shared {
    int link = 0;
    std::int64_t cycles = 0;
  };
  /// The part of a route on one chip.
  struct Leg {
    bool travels = true;              ///< false: begin and end are one node
    std::int64_t head = 0;            ///< time in fs of a head through all routers and both interfaces
    std::vector<Shared> links, back;  ///< shared links of the route and of the route back, from the sender on
  };
  struct Ends {
    int flits = 1;
    std::size_t first_channel = 0;                         ///< of its message class
    std::vector<Leg> legs;                                 ///< in order of chips
    std::vector<int> chip_links;                           ///< links between the legs
    std::int64_t other_clocks = 0, back_other_clocks = 0;  ///< time in fs of the synchronisers on the route, and on the route back
  };
  /// All links of a leg, and of the leg back.
  struct Route {
    std::vector<int> way, back;
    std::int64_t load = 0;  ///< flits per inference
  };
  void share(const std::vector<Route>& routes, double interval);
  Way cross(const Leg& leg, std::int64_t flits, std::size_t first_channel, std::int64_t now);
  std::int64_t over_chip_link(int link, std::int64_t flits, std::int64_t now);
  [[nodiscard]] std::int64_t chip_link_time(std::int64_t flits) const;
  Topology topology_;
  bool column_first_;
  int flit_bits_;
  std::int64_t period_;
  std::int64_t stages_;                   ///< cycles of a head per router
  double link_cycles_per_flit_;           ///< of a link between chips
  std::int64_t link_latency_;             ///< of a link between chips, in fs
  std::vector<LinkCalendar> chip_links_;  ///< by direction
  std::vector<Ends> edges_;
  struct Link {
    LinkCalendar calendar;
    std::vector<ChannelHistory> channels;  ///< by message class, then virtual channel
  };
  struct Choice {
    std::size_t channel;
    std::int64_t start, behind;  ///< cycles: earliest crossing of the head; end of the previous packet in the buffer
  };
  [[nodiscard]] Choice channel_for(const Link& link, std::size_t first, std::int64_t wanted) const;
  std::vector<Link> links_;  ///< shared links
  std::int64_t buffer_flits_;
  std::size_t virtual_channels_;
  /// State of the packet that cross() sends, by shared link.
  struct Crossed {
    std::int64_t first = 0, last = 0;
    std::size_t channel = 0;
  };
  std::vector<Crossed> crossed_;
};

}  // namespace mho::hw
