#pragma once

#include <cstdint>
#include <string_view>

namespace mho::hw {

/// Counts of events of one router and its outgoing links, in flits.
struct RouterActivity {
  std::uint64_t buffer_writes = 0, buffer_reads = 0, crossbar_traversals = 0, arbitrations = 0, link_flits = 0;
  RouterActivity& operator+=(const RouterActivity& other);
  RouterActivity& operator-=(const RouterActivity& other);
};

/// One direction of a link. A link between routers, or between a router and a node, moves at most one flit per cycle. A link between chips has its
/// own rate (`chip.link.bandwidth`).
struct LinkActivity {
  enum class Kind { between, inject, eject, chips } kind = Kind::between;
  int from = 0;  ///< router; for inject and chips: node at which flits enter the link
  int to = 0;    ///< router; for eject and chips: node at which flits leave the link
  std::uint64_t flits = 0;
};

/// "between", "inject", "eject", "chips".
std::string_view kind_name(LinkActivity::Kind kind);

/// Counts of the power gate of a router or core.
struct GateActivity {
  enum class Unit { router, core } unit = Unit::router;
  int number = 0;                 ///< number of the router, or node of the core
  std::int64_t gated_cycles = 0;  ///< in the clock of the unit
  std::uint64_t wakes = 0;
  GateActivity& operator+=(const GateActivity& other);
  GateActivity& operator-=(const GateActivity& other);
};

/// "router", "core".
std::string_view unit_name(GateActivity::Unit unit);

}  // namespace mho::hw
