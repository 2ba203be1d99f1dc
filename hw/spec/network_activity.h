#pragma once

#include <cstdint>
#include <string_view>

namespace mho::hw {

/// Events of one router (its outgoing links included).
struct RouterActivity {
  std::uint64_t buffer_writes = 0, buffer_reads = 0, crossbar_traversals = 0, arbitrations = 0, link_flits = 0;
  RouterActivity& operator+=(const RouterActivity& other);
  RouterActivity& operator-=(const RouterActivity& other);
};

/// One direction of a link between routers, or between a router and a node: at most a flit a cycle; or of a link between chips, which has a rate of
/// its own.
struct LinkActivity {
  enum class Kind { between, inject, eject, chips } kind = Kind::between;
  int from = 0;  ///< router; node where flits are injected, or leave their chip
  int to = 0;    ///< router; node where they are ejected, or reach another chip
  std::uint64_t flits = 0;
};

/// "between", "inject", "eject", "chips".
std::string_view kind_name(LinkActivity::Kind kind);

/// What the power gate of a router or core did.
struct GateActivity {
  enum class Unit { router, core } unit = Unit::router;
  int number = 0;                 ///< of the router; node of the core
  std::int64_t gated_cycles = 0;  ///< of its clock
  std::uint64_t wakes = 0;
  GateActivity& operator+=(const GateActivity& other);
  GateActivity& operator-=(const GateActivity& other);
};

/// "router", "core".
std::string_view unit_name(GateActivity::Unit unit);

}  // namespace mho::hw
