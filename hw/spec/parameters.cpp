#include "hw/spec/parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "hw/spec/memory.h"
#include "hw/spec/message_class.h"
#include "hw/spec/router_survey.h"
#include "hw/spec/topology.h"
#include "periphery/technology/scaling.h"

namespace mho::hw {
namespace {

using periphery::leakage_spread;
using periphery::reference_nm;
using periphery::reference_v;

int integer(const base::Config& config, const char* key) { return static_cast<int>(config.integer(key)); }

GatingParameters read_gating(const base::Config& config, const std::string& prefix) {
  const std::string key = prefix + ".gating.";
  return {.on = config.word(prefix + ".power_gating") == "on",
          .idle = config.integer(key + "idle"),
          .wake_up = config.integer(key + "wake_up"),
          .break_even = config.integer(key + "break_even"),
          .residual = config.real(key + "residual")};
}

/// Topology and routing, and the rules between them.
void read_topology(const base::Config& config, ChipParameters& chip) {
  NocParameters& noc = chip.noc;
  noc.topology = config.word("noc.topology") == "torus" ? NocTopology::torus : NocTopology::mesh;
  const std::string& routing = config.word("noc.routing");
  noc.routing = routing == "yx" ? NocRouting::yx : routing == "west_first" ? NocRouting::west_first : NocRouting::xy;
  noc.concentration = static_cast<int>(config.integer("noc.concentration"));
  if (noc.topology == NocTopology::torus && noc.routing == NocRouting::west_first) {
    config.refuse(
        "noc.routing",
        "west_first forbids turns, which keeps a mesh but not the rings of a torus from waiting in a circle; take xy or yx, or noc.topology=mesh");
  }
  if (noc.topology == NocTopology::torus && noc.virtual_channels < 2) {
    config.refuse("noc.virtual_channels",
                  "a torus needs two virtual channels a message class, one on either side of its dateline; packets would wait for "
                  "each other around a ring. Ask for at least 2, or noc.topology=mesh");
  }
  noc.multicast = config.word("noc.multicast") == "tree";
  if (noc.multicast && (noc.topology != NocTopology::mesh || noc.routing != NocRouting::xy)) {
    config.refuse("noc.multicast", "trees follow xy routing on a mesh; take noc.topology=mesh and noc.routing=xy, or noc.multicast=off");
  }
  constexpr int most_nodes_a_router = 4;
  const int across = noc.concentration > 1 ? 2 : 1;
  const int down = noc.concentration == most_nodes_a_router ? 2 : 1;
  if (chip.mesh_width % across != 0 || chip.mesh_height % down != 0) {
    config.refuse("noc.concentration", "a router would serve blocks of " + std::to_string(across) + " x " + std::to_string(down) +
                                           " nodes, which do not tile a grid of " + std::to_string(chip.mesh_width) + " x " +
                                           std::to_string(chip.mesh_height) + "; change chip.mesh.width or chip.mesh.height");
  }
}

/// Numbers of nodes separated by blanks, in the given order.
std::vector<int> nodes_in_order(const base::Config& config, const char* key, int nodes) {
  std::vector<int> list;
  std::istringstream words(config.word(key));
  for (std::string word; words >> word;) {
    int node = -1;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), node);
    if (error != std::errc() || end != word.data() + word.size() || node < 0 || node >= nodes) {
      config.refuse(key, "'" + word + "' is no node of this mesh; legal are numbers from 0 to " + std::to_string(nodes - 1) +
                             " between blanks, such as '0 " + std::to_string(nodes - 1) + "'");
    }
    list.push_back(node);
  }
  return list;
}

/// "0 7 56": the same, ascending.
std::vector<int> node_list(const base::Config& config, const char* key, int nodes) {
  std::vector<int> list = nodes_in_order(config, key, nodes);
  std::ranges::sort(list);
  return list;
}

std::vector<int> port_nodes(const base::Config& config, int nodes) {
  std::vector<int> list = node_list(config, "port.nodes", nodes);
  if (list.empty()) config.refuse("port.nodes", "a chip needs a port; give the number of at least one node");
  if (std::ranges::adjacent_find(list) != list.end()) config.refuse("port.nodes", "a node is named twice; a node has one port");
  return list;
}

std::vector<int> named_digital_nodes(const base::Config& config, const ChipParameters& chip) {
  constexpr const char* key = "chip.digital_nodes";
  if (config.word(key) == "spread") return {};
  std::vector<int> list = node_list(config, key, chip.nodes_per_chip());
  if (const auto twice = std::ranges::adjacent_find(list); twice != list.end()) {
    config.refuse(key, "node " + std::to_string(*twice) + " is named twice; a node has one core");
  }
  for (const int node : list) {
    if (std::ranges::binary_search(chip.port.nodes, node)) {
      config.refuse(key, "node " + std::to_string(node) + " is a port (port.nodes); name nodes without one");
    }
  }
  if (static_cast<int>(list.size()) != chip.digital_cores) {
    config.refuse(key, std::to_string(list.size()) + " nodes are named and chip.digital_cores is " + std::to_string(chip.digital_cores) +
                           "; name as many nodes, or 'spread'");
  }
  return list;
}

int bytes(const base::Config& config, const char* key) {
  constexpr double bits_per_byte = 8;
  return static_cast<int>(std::llround(config.si(key, "bit") / bits_per_byte));
}

/// Reads the costs of routers and links. Topology, width and channels must have been read before.
void read_network_costs(const base::Config& config, const periphery::Technology& technology, NocParameters& noc) {
  constexpr double router_spread = 0.3, link_spread = 0.3;
  constexpr int least_flits = 4, most_flits = 64;
  const int flits = noc.virtual_channels * network_classes(noc) * noc.buffer_flits;
  const RouterCost typical =
      router_survey(noc.flit_bits, noc.virtual_channels * network_classes(noc), noc.buffer_flits, noc.concentration + 4, technology);
  periphery::CostNote& note = noc.router_cost;
  note.spread = {router_spread, router_spread, leakage_spread};
  if (flits < least_flits || flits > most_flits) {
    note.outside.push_back("noc.buffer_flits: a port buffers " + std::to_string(flits) +
                           " flits in all virtual channels; the router model holds for " + std::to_string(least_flits) + " to " +
                           std::to_string(most_flits));
  }
  const auto energy = [&](const char* key, base::Energy model) {
    return base::Energy(periphery::cost_or(config, key, note, &periphery::Spread::energy, "J", model.si()));
  };
  noc.buffer_write = energy("noc.energy.buffer_write", typical.buffer_write);
  noc.buffer_read = energy("noc.energy.buffer_read", typical.buffer_read);
  noc.crossbar = energy("noc.energy.crossbar", typical.crossbar);
  noc.arbitration = energy("noc.energy.arbitration", typical.arbitration);
  // The spread is 0 only if the user gives all four energies; otherwise the model supplies the rest.
  constexpr std::size_t energies = 4;
  if (note.user.size() < energies) note.spread.energy = router_spread;
  noc.router_area = base::Area(periphery::cost_or(config, "noc.router_area", note, &periphery::Spread::area, "m2", typical.area.si()));
  noc.router_leakage = base::Power(periphery::cost_or(config, "noc.router_leakage", note, &periphery::Spread::leakage, "W", typical.leakage.si()));
  noc.link_cost.spread = {link_spread, link_spread, leakage_spread};
  const double millimetre = base::unit::millimetre.si();
  noc.link_per_bit_and_metre = base::Energy(
      periphery::cost_or(config, "noc.link_energy", noc.link_cost, &periphery::Spread::energy, "J/bit", link_survey(technology).si()) / millimetre);
  if (config.optional_real("noc.hop_length", "pitch")) set_hop_length(noc, config.length("noc.hop_length"));
}

void read_network(const base::Config& config, ChipParameters& chip) {
  NocParameters& noc = chip.noc;
  noc.flit_bits = integer(config, "noc.flit_bits");
  noc.virtual_channels = integer(config, "noc.virtual_channels");
  noc.buffer_flits = integer(config, "noc.buffer_flits");
  noc.router_stages = integer(config, "noc.router_stages");
  noc.gating = read_gating(config, "noc");
  noc.gating.look_ahead = integer(config, "noc.gating.look_ahead");
  read_topology(config, chip);
  if (noc.gating.on && noc.gating.look_ahead > 0 && noc.routing == NocRouting::west_first) {
    config.refuse("noc.gating.look_ahead",
                  "west_first chooses the way router by router, so nobody knows whom to wake ahead; take noc.routing=xy or yx, or 0");
  }
  read_network_costs(config, chip.technology, noc);
}

/// Reads the rates and costs of ports. Their nodes and the chip's clock must have been read before.
void read_port(const base::Config& config, ChipParameters& chip) {
  const Memory& behind = memory(config.word("port.memory"));
  const double own_rate = behind.bits_per_second ? *behind.bits_per_second / chip.clock.si() : behind.bits_per_cycle;
  chip.port.bits_per_cycle = config.optional_real("port.bits_per_cycle", "memory").value_or(own_rate);
  chip.port.latency = config.optional_real("port.latency", "memory") ? config.duration("port.latency") : behind.latency;
  constexpr double port_spread = 0.4, giga = 1e9;
  const double rate = behind.bits_per_second ? 1.0 : chip.port.bits_per_cycle * chip.clock.si() / giga;
  periphery::CostNote& note = chip.port.cost;
  note.spread = {port_spread, port_spread, port_spread};
  const auto own = [&](const char* key, double periphery::Spread::*kind, const char* unit, double model) {
    return periphery::cost_or(config, key, note, kind, unit, model);
  };
  chip.port.energy_per_bit = base::Energy(own("port.energy_per_bit", &periphery::Spread::energy, "J/bit", behind.energy_per_bit.si()));
  chip.port.area =
      base::Area(own("port.area", &periphery::Spread::area, "m2", behind.area.si() * rate * periphery::analog_area(chip.technology, reference_nm)));
  chip.port.standing_power = base::Power(own("port.standing_power", &periphery::Spread::leakage, "W", behind.standing_power.si() * rate));
  chip.port.outstanding = integer(config, "port.outstanding");
}

/// Reads the nodes that link a chip to the previous and the next one. Without a value: the middle of its western and eastern edge.
void read_link_nodes(const base::Config& config, ChipParameters& chip) {
  constexpr const char* key = "chip.link.nodes";
  const int middle = chip.mesh_height / 2 * chip.mesh_width;
  chip.link.to_previous = middle;
  chip.link.to_next = middle + chip.mesh_width - 1;
  if (config.word(key) == "edges") return;
  const std::vector<int> list = nodes_in_order(config, key, chip.nodes_per_chip());
  if (list.size() != 2) {
    config.refuse(key, std::to_string(list.size()) + " nodes are named; give two, of the link to the chip before and of the link to the chip behind");
  }
  chip.link.to_previous = list[0];
  chip.link.to_next = list[1];
}

/// Reads the number of chips and the links between them. The mesh, its network and the technology must have been read before.
void read_chip_links(const base::Config& config, ChipParameters& chip) {
  chip.chips = integer(config, "chip.count");
  read_link_nodes(config, chip);
  if (chip.chips > 1 && chip.noc.multicast) {
    config.refuse("noc.multicast", "trees do not reach over links between chips (chip.count); take noc.multicast=off, or one chip");
  }
  constexpr double giga = 1e9, spread = 0.5, model_spread = 0.4;
  // Two pads of a package link, as for a port without memory.
  constexpr double square_metre_per_gigabit = 1e-9, watt_per_gigabit = 1e-5;
  ChipLinkParameters& link = chip.link;
  link.bits_per_second = config.si("chip.link.bandwidth", "bit/s");
  link.latency = config.duration("chip.link.latency");
  link.energy_per_bit = base::Energy(config.si("chip.link.energy", "J/bit"));
  link.buffer_bytes = bytes(config, "chip.link.buffer");
  link.cost.spread = {spread, model_spread, model_spread};
  const double rate = link.bits_per_second / giga;
  link.area = base::Area(periphery::cost_or(config, "chip.link.area", link.cost, &periphery::Spread::area, "m2",
                                            square_metre_per_gigabit * rate * periphery::analog_area(chip.technology, reference_nm)));
  link.standing_power =
      base::Power(periphery::cost_or(config, "chip.link.standing_power", link.cost, &periphery::Spread::leakage, "W", watt_per_gigabit * rate));
}

/// Control and instruction memory of an analog core.
void read_core(const base::Config& config, ChipParameters& chip) {
  constexpr double square_millimetre = base::unit::square_millimetre.si(), picojoule = base::unit::picojoule.si();
  constexpr double area_mm2 = 0.02, energy_pj = 5, spread = 0.5;
  periphery::CostNote& note = chip.core_cost;
  note.spread = {spread, spread, leakage_spread};
  const double area = area_mm2 * square_millimetre * periphery::logic_area(chip.technology, reference_nm);
  const double energy = energy_pj * picojoule * periphery::logic_energy(chip.technology, reference_nm, reference_v);
  chip.core_area = base::Area(periphery::cost_or(config, "chip.core_area", note, &periphery::Spread::area, "m2", area));
  chip.core_energy = base::Energy(periphery::cost_or(config, "chip.core_energy", note, &periphery::Spread::energy, "J", energy));
  chip.core_leakage = base::Power(periphery::cost_or(config, "chip.core_leakage", note, &periphery::Spread::leakage, "W",
                                                     periphery::logic_leakage(chip.technology, chip.core_area).si()));
  chip.clock_gating = config.real("chip.clock_gating");
}

}  // namespace

void set_hop_length(NocParameters& noc, base::Length hop) {
  noc.hop_length = hop;
  // The distance of routers in a concentrated mesh is that of their blocks of nodes. The links of a folded torus are twice as long.
  const double blocks = noc.concentration == 1 ? 1 : noc.concentration == 2 ? 1.5 : 2;
  const double folds = noc.topology == NocTopology::torus ? 2 : 1;
  noc.link_per_bit = noc.link_per_bit_and_metre * (hop.si() * blocks * folds);
}

int network_classes(const NocParameters& parameters) { return message_classes + (parameters.multicast ? 1 : 0); }

ChipParameters ChipParameters::read(const base::Config& config) {
  ChipParameters chip;
  chip.mesh_width = integer(config, "chip.mesh.width");
  chip.mesh_height = integer(config, "chip.mesh.height");
  chip.digital_cores = integer(config, "chip.digital_cores");
  chip.dead_tiles = config.real("chip.dead_tiles");
  chip.port.nodes = port_nodes(config, chip.nodes_per_chip());
  const int cores = chip.nodes_per_chip() - static_cast<int>(chip.port.nodes.size());
  if (chip.digital_cores > cores) {
    config.refuse("chip.digital_cores", "a mesh of " + std::to_string(chip.nodes_per_chip()) + " nodes keeps " +
                                            std::to_string(chip.port.nodes.size()) + " for ports (port.nodes) and has room for " +
                                            std::to_string(cores) + " cores; ask for fewer digital cores or a larger mesh");
  }
  chip.digital_nodes = named_digital_nodes(config, chip);
  chip.tiles_per_core = integer(config, "chip.tiles_per_core");
  chip.shared_converters = config.word("chip.converters") == "shared";
  chip.technology = periphery::Technology::read(config);
  chip.clock = config.frequency("chip.clock");
  const auto own_clock = [&config](const char* key) {
    return config.optional_real(key, "chip") ? std::optional(config.frequency(key)) : std::nullopt;
  };
  chip.network_clock = own_clock("noc.clock");
  chip.digital_clock = own_clock("chip.digital_clock");
  chip.analog_clock = own_clock("chip.analog_clock");
  chip.synchroniser = integer(config, "chip.synchroniser");
  chip.input_buffer_bytes = bytes(config, "chip.input_buffer");
  chip.digital_buffer_bytes = bytes(config, "chip.digital_buffer");
  chip.output_buffer_positions = integer(config, "chip.output_buffer_positions");
  read_core(config, chip);
  chip.core_gating = read_gating(config, "chip");
  read_network(config, chip);
  read_port(config, chip);
  read_chip_links(config, chip);
  return chip;
}

ChipParameters ChipParameters::one_chip() const {
  ChipParameters one = *this;
  one.chips = 1;
  return one;
}

CoreKind ChipParameters::kind(int of_all) const {
  const int node = of_all % nodes_per_chip();
  const auto ports_before = std::ranges::lower_bound(port.nodes, node) - port.nodes.begin();
  if (std::ranges::binary_search(port.nodes, node)) return CoreKind::port;
  if (digital_cores == 0) return CoreKind::analog;
  if (!digital_nodes.empty()) return std::ranges::binary_search(digital_nodes, node) ? CoreKind::digital : CoreKind::analog;
  // The nodes without a port are divided into `digital_cores` slices. Digital core i is in slice i, at a position within the slice that advances by
  // the golden ratio (as a quotient of Fibonacci numbers). This spreads the cores over columns, and their traffic over links, for every mesh width.
  constexpr std::int64_t step = 377;
  constexpr std::int64_t turn = 610;
  const std::int64_t others = nodes_per_chip() - static_cast<std::int64_t>(port.nodes.size());
  const std::int64_t at = node - ports_before;
  const std::int64_t slice = ((at + 1) * digital_cores - 1) / others;  // slice i begins at floor(i * others / cores)
  const std::int64_t begin = slice * others / digital_cores;
  const std::int64_t length = (slice + 1) * others / digital_cores - begin;
  const std::int64_t place = begin + (slice * step + turn / 2) % turn * length / turn;
  if (at == place) return CoreKind::digital;
  return CoreKind::analog;
}

std::vector<int> ChipParameters::nodes_of(CoreKind wanted) const {
  std::vector<int> list;
  for (int node = 0; node < nodes(); ++node) {
    if (kind(node) == wanted) list.push_back(node);
  }
  return list;
}

bool ChipParameters::one_clock() const {
  const auto same = [this](const std::optional<base::Frequency>& own) { return !own || base::Clock::from(*own) == base::Clock::from(clock); };
  return same(network_clock) && same(digital_clock) && same(analog_clock);
}

int ChipParameters::hops(int from, int to) const { return Topology(*this).hops(from, to); }

}  // namespace mho::hw
