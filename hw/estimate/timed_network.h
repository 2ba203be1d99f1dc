#pragma once

#include <cstdint>
#include <vector>

#include "hw/estimate/timed_core.h"
#include "hw/program/program.h"
#include "hw/spec/network_activity.h"
#include "hw/spec/topology.h"

namespace mho::hw {

/// Femtoseconds of a cycle.
[[nodiscard]] std::int64_t period_of(base::Frequency clock);

/// The network on chip of an estimate. A packet enters at its node after those before it; its head takes each router as if it were alone and each
/// link when the packets that were sent before it have left that; its tail follows a flit a cycle. Buffers of routers are taken as large enough.
class TimedNetwork {
 public:
  /// Times in femtoseconds.
  TimedNetwork(const Program& program, const ChipParameters& chip);
  [[nodiscard]] std::int64_t period() const { return period_; }
  [[nodiscard]] int flits(const Edge& edge) const { return 1 + static_cast<int>((edge.bits_per_position + flit_bits_ - 1) / flit_bits_); }

  struct Way {
    std::int64_t sent, arrived;  ///< the tail has left its node, and reached the other one
  };
  /// A position of edge `edge`, from now on.
  Way position(std::size_t edge, std::int64_t now);
  /// When credits reach the producer of `edge`.
  std::int64_t credits(std::size_t edge, std::int64_t now);

  /// Routers of the way from node to node, both ends included.
  [[nodiscard]] std::vector<int> routers(int from, int to) const;
  [[nodiscard]] const Topology& topology() const { return topology_; }

 private:
  [[nodiscard]] std::vector<int> links_of(int from, int to) const;
  struct Ends {
    int from = 0, to = 0, flits = 1;
    std::int64_t head = 0;                                 ///< time of a head through all routers and both interfaces
    std::vector<int> links, back;                          ///< of the way and of the way back: router and port, the port of the other node at last
    std::int64_t other_clocks = 0, back_other_clocks = 0;  ///< of the synchronisers on the way, and on the way back
  };
  Topology topology_;
  bool column_first_;
  int flit_bits_;
  std::int64_t period_;
  std::int64_t stages_;  ///< time of a head in a router
  std::vector<Ends> edges_;
  std::vector<std::int64_t> enters_;  ///< by node: when its interface is free
  std::vector<std::int64_t> links_;   ///< by router and port: when the link is free
};

}  // namespace mho::hw
