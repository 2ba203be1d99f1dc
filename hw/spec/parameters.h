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

/// Every parameter of this layer: keys chip.*, noc.*, port.*
base::Declarations declarations();

enum class CoreKind { port, analog, digital };

/// Mesh, or torus: the same with links around the edges.
enum class NocTopology { mesh, torus };
/// All are shortest routes. xy, yx: one dimension after the other. west_first: west before anything else, then whichever direction that brings the
/// packet nearer has more free buffers.
enum class NocRouting { xy, yx, west_first };

/// Power gating of idle units of one kind, in cycles of their clock.
struct GatingParameters {
  bool on = false;
  std::int64_t idle = 1;        ///< whole idle cycles after which a unit is gated, at least 1
  std::int64_t wake_up = 0;     ///< from being asked for to being on
  std::int64_t break_even = 0;  ///< gated cycles whose savings pay for gating and waking up
  double residual = 0;          ///< share of the leakage that stays while gated
  int look_ahead = 0;           ///< of routers: those after the next one that a head wakes on its route
};

struct NocParameters {
  NocTopology topology = NocTopology::mesh;
  NocRouting routing = NocRouting::xy;
  int concentration = 1;   ///< nodes that share a router: 1, 2 (side by side) or 4 (a square)
  bool multicast = false;  ///< a message class for packets to several receivers, copied where their routes part
  int flit_bits = 64;
  int virtual_channels = 2;                                       ///< per message class
  int buffer_flits = 8;                                           ///< per virtual channel
  int router_stages = 4;                                          ///< 3 speculative, 4 look-ahead, 5 with route computation
  base::Energy buffer_write, buffer_read, crossbar, arbitration;  ///< per flit and router
  base::Energy link_per_bit;                                      ///< per bit and hop
  base::Energy link_per_bit_and_metre;
  std::optional<base::Length> hop_length;  ///< between neighbouring nodes; empty: their pitch
  base::Area router_area;
  base::Power router_leakage;
  periphery::CostNote router_cost, link_cost;
  GatingParameters gating;  ///< of routers
};

/// Message classes of the network, that of multicast packets included.
[[nodiscard]] int network_classes(const NocParameters& parameters);

/// Sets the length of the link between neighbouring nodes and the energy of a bit on it.
void set_hop_length(NocParameters& noc, base::Length hop);

struct PortParameters {
  std::vector<int> nodes{0};   ///< of a chip's mesh, ascending; each a port of its own
  double bits_per_cycle = 64;  ///< of each port, in each direction
  base::Energy energy_per_bit;
  base::Duration latency;  ///< from the request of a position to its first bit
  base::Area area;         ///< of one port
  base::Power standing_power;
  periphery::CostNote cost;
  int outstanding = 16;  ///< positions that may be requested and not yet sent on, where there is latency
};

/// A link between two chips, one direction like the other.
struct ChipLinkParameters {
  int to_previous = 0, to_next = 0;  ///< nodes of a chip at which it is linked to the chip before it and behind it
  double bits_per_second = 256e9;    ///< in each direction
  base::Duration latency;            ///< of a bit from one end to the other
  base::Energy energy_per_bit;       ///< of both ends together
  base::Area area;                   ///< of one end, both directions, without its memories
  base::Power standing_power;        ///< of one end
  periphery::CostNote cost;
  int buffer_bytes = 0;  ///< at one end: of what leaves, and as many of what arrives
};

/// The chip: a mesh of nodes; some are ports (node 0 unless port.nodes says otherwise), `digital_cores` nodes are digital, the rest analog. Several
/// equal ones stand in a row, each linked to the next. Numbers of nodes go through all of them, chip by chip (Topology::address); what a key says of
/// nodes and counts holds for each chip.
struct ChipParameters {
  int chips = 1;
  ChipLinkParameters link;  ///< between chips
  int mesh_width = 3;
  int mesh_height = 3;
  int digital_cores = 1;                                                      ///< of a chip
  double dead_tiles = 0;                                                      ///< probability that a tile does not work
  std::vector<int> digital_nodes{};                                           ///< of them, ascending; empty: spread evenly
  int tiles_per_core = 1;                                                     ///< of an analog core
  bool shared_converters = true;                                              ///< one bank of converters and one output stage a core, else one a tile
  base::Frequency clock;                                                      ///< of everything that has none of its own, and of the ports
  std::optional<base::Frequency> network_clock, digital_clock, analog_clock;  ///< empty: `clock`
  int synchroniser = 2;                                                       ///< cycles of the receiving clock between two clocks
  int input_buffer_bytes = 0;                                                 ///< per analog core
  int digital_buffer_bytes = 0;                                               ///< per digital core
  int output_buffer_positions = 2;                                            ///< finished positions a core may hold before it stalls
  periphery::Technology technology;
  base::Power core_leakage;       ///< of the control of one analog core
  base::Area core_area;           ///< and its area
  base::Energy core_energy;       ///< and its energy for one product
  std::vector<UserBlock> blocks;  ///< of the user's own
  periphery::CostNote core_cost;
  double clock_gating = 0.9;     ///< share of the clock tree that idle logic does not switch
  GatingParameters core_gating;  ///< of analog and digital cores
  NocParameters noc;
  PortParameters port;
  static ChipParameters read(const base::Config& config);

  /// Of the cores of one kind; analog: of their control.
  [[nodiscard]] base::Frequency clock_of(CoreKind kind) const {
    return (kind == CoreKind::analog ? analog_clock : kind == CoreKind::digital ? digital_clock : std::nullopt).value_or(clock);
  }
  /// Of the core on a node.
  [[nodiscard]] base::Frequency clock_at(int node) const { return clock_of(kind(node)); }
  /// Whether every domain has the same.
  [[nodiscard]] bool one_clock() const;
  [[nodiscard]] int nodes() const { return chips * nodes_per_chip(); }  ///< of all chips
  [[nodiscard]] int nodes_per_chip() const { return mesh_width * mesh_height; }
  [[nodiscard]] int chip_of(int node) const { return node / nodes_per_chip(); }
  /// One of the chips alone.
  [[nodiscard]] ChipParameters one_chip() const;
  [[nodiscard]] int routers() const { return nodes() / noc.concentration; }
  /// Banks of converters, each with an output stage, of one analog core.
  [[nodiscard]] int banks_per_core() const { return shared_converters ? 1 : tiles_per_core; }
  [[nodiscard]] CoreKind kind(int node) const;
  [[nodiscard]] std::vector<int> nodes_of(CoreKind kind) const;  ///< of all chips, ascending
  [[nodiscard]] int hops(int from, int to) const;                ///< routers traversed, both ends included
  /// The clock of the network.
  [[nodiscard]] base::Frequency network_frequency() const { return network_clock.value_or(clock); }
  /// The rate of a link between chips in flits a second.
  [[nodiscard]] double link_flits_per_second() const { return link.bits_per_second / noc.flit_bits; }
};

}  // namespace mho::hw
