#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/design_file/config.h"
#include "base/time.h"
#include "base/units.h"
#include "hw/spec/user_blocks.h"
#include "periphery/technology/technology.h"

namespace mho::hw {

/// Declarations of the parameters of this layer: keys chip.*, noc.*, port.*
base::Declarations declarations();

enum class CoreKind { port, analog, digital };

/// Torus: a mesh with additional links that join opposite edges.
enum class NocTopology { mesh, torus };
/// All routes are shortest. xy: first along the row, then along the column; yx: the reverse. west_first: first all hops to the west; then, of the
/// directions towards the receiver, the one with more free buffers.
enum class NocRouting { xy, yx, west_first };

/// Power gating of idle units of one kind, in cycles of their clock.
struct GatingParameters {
  bool on = false;
  std::int64_t idle = 1;        ///< whole idle cycles after which a unit is gated, at least 1
  std::int64_t wake_up = 0;     ///< from the request for a gated unit until the unit is on
  std::int64_t break_even = 0;  ///< gated cycles whose saved leakage equals the energy of gating and waking once
  double residual = 0;          ///< share of its leakage that a gated unit keeps
  int look_ahead = 0;           ///< routers after the next one on its route that a head wakes; routers only
};

struct NocParameters {
  NocTopology topology = NocTopology::mesh;
  NocRouting routing = NocRouting::xy;
  int concentration = 1;   ///< nodes that share a router: 1, 2 (side by side) or 4 (a square)
  bool multicast = false;  ///< adds a message class for packets to several receivers; routers copy the packet where the routes part
  int flit_bits = 64;
  int virtual_channels = 2;                                       ///< per message class
  int buffer_flits = 8;                                           ///< per virtual channel
  int router_stages = 4;                                          ///< 3 speculative, 4 look-ahead, 5 with route computation
  base::Energy buffer_write, buffer_read, crossbar, arbitration;  ///< per flit and router
  base::Energy link_per_bit;                                      ///< per bit and hop
  base::Energy link_per_bit_and_metre;
  std::optional<base::Length> hop_length;  ///< between neighbouring nodes; empty: node_pitch()
  base::Area router_area;
  base::Power router_leakage;
  periphery::CostNote router_cost, link_cost;
  GatingParameters gating;  ///< of routers
};

/// The number of message classes of the network, the one of multicast packets included.
[[nodiscard]] int network_classes(const NocParameters& parameters);

/// Sets the distance between neighbouring nodes and the energy of a bit per hop. Links are longer than `hop` with concentration (x1.5 or x2) and on a
/// torus (x2).
void set_hop_length(NocParameters& noc, base::Length hop);

struct PortParameters {
  std::vector<int> nodes{0};   ///< nodes of a chip's mesh with one port each, ascending
  double bits_per_cycle = 64;  ///< of each port, in each direction
  base::Energy energy_per_bit;
  base::Duration latency;  ///< from the request of a position to its first bit
  base::Area area;         ///< of one port
  base::Power standing_power;
  periphery::CostNote cost;
  int outstanding = 16;  ///< most positions that are requested and not yet sent on; only for latency > 0
};

/// A link between two chips. Both directions are equal.
struct ChipLinkParameters {
  int to_previous = 0, to_next = 0;  ///< nodes at which the links to the previous and to the next chip end
  double bits_per_second = 256e9;    ///< in each direction
  base::Duration latency;            ///< of a bit, from the memory at one end to the memory at the other
  base::Energy energy_per_bit;       ///< of both ends together
  base::Area area;                   ///< of one end, both directions, without its memories
  base::Power standing_power;        ///< of one end
  periphery::CostNote cost;
  int buffer_bytes = 0;  ///< at one end: memory for leaving packets; arriving packets have another of the same size
};

/// A chip: a mesh of nodes. Nodes in port.nodes (default: node 0) are ports, `digital_cores` nodes are digital cores, the others analog cores. A
/// system is a row of `chips` equal chips, each linked to the next. Nodes are numbered through all chips, chip by chip (Topology::address). Node
/// numbers and counts in keys refer to one chip.
struct ChipParameters {
  int chips = 1;
  ChipLinkParameters link;  ///< between chips
  int mesh_width = 3;
  int mesh_height = 3;
  int digital_cores = 1;                                                      ///< per chip
  double dead_tiles = 0;                                                      ///< probability that a tile does not work
  std::vector<int> digital_nodes{};                                           ///< nodes of a chip with digital cores, ascending; empty: spread evenly
  int tiles_per_core = 1;                                                     ///< per analog core
  bool shared_converters = true;                                              ///< one bank of converters and one output stage per core; else per tile
  base::Frequency clock;                                                      ///< of the ports, and of the domains without a clock of their own
  std::optional<base::Frequency> network_clock, digital_clock, analog_clock;  ///< empty: `clock`
  int synchroniser = 2;             ///< cycles of the receiving clock that a packet waits between two clock domains
  int input_buffer_bytes = 0;       ///< per analog core
  int digital_buffer_bytes = 0;     ///< per digital core
  int output_buffer_positions = 2;  ///< finished positions that a stage may hold before it stalls
  periphery::Technology technology;
  base::Power core_leakage;       ///< of the control of one analog core
  base::Area core_area;           ///< area of this control
  base::Energy core_energy;       ///< energy of this control per product
  std::vector<UserBlock> blocks;  ///< blocks that the user adds
  periphery::CostNote core_cost;
  double clock_gating = 0.9;     ///< share of the clock tree that idle logic does not switch
  GatingParameters core_gating;  ///< of analog and digital cores
  NocParameters noc;
  PortParameters port;
  /// Reads chip.*, noc.* and port.*, without `blocks`. Throws UserError at a key whose value does not fit the others.
  static ChipParameters read(const base::Config& config);

  /// Clock of the cores of one kind; of analog cores: of their control and output stage.
  [[nodiscard]] base::Frequency clock_of(CoreKind kind) const {
    return (kind == CoreKind::analog ? analog_clock : kind == CoreKind::digital ? digital_clock : std::nullopt).value_or(clock);
  }
  /// Clock of the core on a node.
  [[nodiscard]] base::Frequency clock_at(int node) const { return clock_of(kind(node)); }
  /// Whether all clock domains have the same clock.
  [[nodiscard]] bool one_clock() const;
  [[nodiscard]] int nodes() const { return chips * nodes_per_chip(); }  ///< of all chips
  [[nodiscard]] int nodes_per_chip() const { return mesh_width * mesh_height; }
  [[nodiscard]] int chip_of(int node) const { return node / nodes_per_chip(); }
  /// The same parameters with a single chip.
  [[nodiscard]] ChipParameters one_chip() const;
  [[nodiscard]] int routers() const { return nodes() / noc.concentration; }
  /// The number of banks of converters in an analog core, each with an output stage.
  [[nodiscard]] int banks_per_core() const { return shared_converters ? 1 : tiles_per_core; }
  [[nodiscard]] CoreKind kind(int node) const;
  [[nodiscard]] std::vector<int> nodes_of(CoreKind kind) const;  ///< of all chips, ascending
  [[nodiscard]] int hops(int from, int to) const;                ///< routers traversed, both ends included
  /// The clock of the network.
  [[nodiscard]] base::Frequency network_frequency() const { return network_clock.value_or(clock); }
  /// The rate of a link between chips in flits per second.
  [[nodiscard]] double link_flits_per_second() const { return link.bits_per_second / noc.flit_bits; }
};

}  // namespace mho::hw
