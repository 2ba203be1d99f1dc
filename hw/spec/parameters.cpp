#include "hw/spec/parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "base/design_file/declare.h"
#include "hw/spec/memory.h"
#include "hw/spec/message_class.h"
#include "hw/spec/router_survey.h"
#include "hw/spec/topology.h"

namespace mho::hw {
namespace {

using base::Declaration;
using base::number;
using base::ValueType;
using base::whole;
using base::word;

const std::string choice = "architect's choice";
const std::string dsent =
    "DSENT (Sun et al., NOCS 2012): five-port routers at 22 and 11 nm, activity 0.25, by buffered flits, channels and width, interpolated to 14 nm";

Declaration survey_or(std::string key, std::string unit, std::string sentence) {
  constexpr double most = 1e9;
  return base::number_or(std::move(key), std::move(unit), std::string("survey"), 0.0, most, {"survey"}, std::move(sentence), dsent);
}

Declaration own_clock(std::string key, std::string sentence) {
  return base::number_or(std::move(key), "GHz", std::string("chip"), 1e-6, 100.0, {"chip"}, std::move(sentence) + " 'chip': as chip.clock.", choice);
}

/// What is gated, and when and at what cost.
struct GatingTexts {
  std::string prefix;  ///< of the keys
  std::string units, unit, what, clock;
  GatingParameters defaults;
  std::string idle_source, wake_up_source, break_even_source, residual_source;
};

base::Declarations gating(const GatingTexts& texts) {
  constexpr double most = 1e6;
  const std::string key = texts.prefix + ".gating.";
  return {
      word(texts.prefix + ".power_gating", "off", {"off", "on"},
           "Whether idle " + texts.units + " are cut off from their supply: " + texts.what + ".", choice),
      whole(key + "idle", texts.defaults.idle, 1, most, "Idle cycles of " + texts.clock + " after which a " + texts.unit + " is gated.",
            texts.idle_source),
      whole(key + "wake_up", texts.defaults.wake_up, 0, most,
            "Cycles of " + texts.clock + " from a gated " + texts.unit + " being asked for to its being on.", texts.wake_up_source),
      whole(key + "break_even", texts.defaults.break_even, 0, most,
            "Gated cycles whose saved leakage is the energy that gating and waking a " + texts.unit + " once takes.", texts.break_even_source),
      number(key + "residual", "", texts.defaults.residual, 0.0, 1.0, "Share of its leakage that a gated " + texts.unit + " keeps.",
             texts.residual_source),
  };
}

base::Declarations core_gating() {
  return gating({.prefix = "chip",
                 .units = "cores",
                 .unit = "core",
                 .what = "the digital part and the converters of an analog core, the vector unit of a digital one; buffers keep what they hold",
                 .clock = "the core's clock",
                 .defaults = {.on = false, .idle = 64, .wake_up = 64, .break_even = 64, .residual = 0.05},
                 .idle_source = "architect's choice: the break-even time, which takes at most twice the energy that foresight would",
                 .wake_up_source =
                     "architect's choice: the rail of a core of 1 mm2 is charged in stages to bound its rush current, tens of nanoseconds (Kim, "
                     "Kosonocky and Knebel, ISLPED 2003, on ground bounce of power gating)",
                 .break_even_source = "architect's choice: some times that of an execution unit (Hu et al., ISLPED 2004: about 10 cycles)",
                 .residual_source = "architect's choice: leakage of the sleep transistors, and the control that hears a position arrive"});
}

base::Declarations router_gating() {
  base::Declarations all =
      gating({.prefix = "noc",
              .units = "routers",
              .unit = "router",
              .what = "buffers, crossbar and allocators; credit counters stay on",
              .clock = "the network's clock",
              .defaults = {.on = false, .idle = 4, .wake_up = 8, .break_even = 10, .residual = 0.05},
              .idle_source = "Das et al., Catnap, ISCA 2013: a few idle cycles before a router is gated",
              .wake_up_source = "Chen et al., Power Punch, HPCA 2015: 8 cycles; others of the time take 8 to 12",
              .break_even_source = "Chen and Pinkston, NoRD, MICRO 2012: about 10 cycles",
              .residual_source = "architect's choice: leakage of the sleep transistors, credit counters and the control that hears the neighbours"});
  constexpr double side = 64;
  all.push_back(whole("noc.gating.look_ahead", 0, 0, 2 * side,
                      "Routers after the next one that the head of a packet to one receiver wakes on its way, before it comes to them.",
                      "0: conventional power gating. Chen et al., Power Punch, HPCA 2015, wake some hops ahead"));
  return all;
}

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

Declaration memory_or(std::string key, std::string unit, double minimum, std::string sentence) {
  constexpr double most = 1e9;
  return base::number_or(std::move(key), std::move(unit), std::string("memory"), minimum, most, {"memory"}, std::move(sentence), "port.memory");
}

std::vector<std::string> memory_names() {
  std::vector<std::string> names;
  for (const Memory& each : memories()) names.push_back(each.name);
  return names;
}

/// "0 7 56": nodes of the mesh, in any order, none twice.
std::vector<int> port_nodes(const base::Config& config, int nodes) {
  std::vector<int> list;
  std::istringstream words(config.word("port.nodes"));
  for (std::string word; words >> word;) {
    int node = -1;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), node);
    if (error != std::errc() || end != word.data() + word.size() || node < 0 || node >= nodes) {
      config.refuse("port.nodes", "'" + word + "' is no node of this mesh; legal are numbers from 0 to " + std::to_string(nodes - 1) +
                                      " between blanks, such as '0 " + std::to_string(nodes - 1) + "'");
    }
    list.push_back(node);
  }
  std::ranges::sort(list);
  if (list.empty()) config.refuse("port.nodes", "a chip needs a port; give the number of at least one node");
  if (std::ranges::adjacent_find(list) != list.end()) config.refuse("port.nodes", "a node is named twice; a node has one port");
  return list;
}

int bytes(const base::Config& config, const char* key) {
  constexpr double bits_per_byte = 8;
  return static_cast<int>(std::llround(config.si(key, "bit") / bits_per_byte));
}

}  // namespace

base::Declarations declarations() {
  constexpr double most = 1e6;
  constexpr double most_kibibytes = 1024.0 * 1024.0;
  base::Declarations all{
      whole("chip.mesh.width", 8, 1, 64, "Columns of the mesh of nodes.", choice),
      whole("chip.mesh.height", 8, 1, 64, "Rows of the mesh of nodes.", choice),
      whole("chip.digital_cores", 8, 0, 4094,
            "Nodes with a digital core, spread evenly; nodes of port.nodes are ports and every other one an analog core.", choice),
      whole("chip.tiles_per_core", 1, 1, 1024, "Tiles of an analog core, each with its drivers; they share its input buffer and its router.", choice),
      {"chip.converters",
       ValueType::choice,
       "",
       std::string("shared"),
       0,
       0,
       {"shared", "own"},
       "Whether the tiles of a core share one bank of converters with its output stage, or have one each.",
       "architect's choice: the four to eight arrays of an ISAAC unit share its converters (Shafiee et al., ISCA 2016)"},
      number("chip.clock", "GHz", 1.0, 1e-6, 100.0,
             "Clock of the ports, and of digital cores, analog cores and network where they have none of their own.", choice),
      own_clock("chip.digital_clock", "Clock of the digital cores."),
      own_clock("chip.analog_clock", "Clock of the analog cores: control of their units, to whose cycles times are rounded up, and output stage."),
      whole("chip.synchroniser", 2, 0, 64, "Cycles of the receiving clock that a packet waits between two different clocks, beyond the next edge.",
            "two flip-flops: Ginosar, IEEE Design & Test 28(5):23 (2011)"),
      number("chip.input_buffer", "KiB", 64.0, 0.0, most_kibibytes, "Memory of an analog core for positions that wait for its tile.",
             "64 KB per tile as in ISAAC (Shafiee et al., ISCA 2016, table 1)"),
      number("chip.digital_buffer", "KiB", 128.0, 0.0, most_kibibytes, "Memory of a digital core for positions of all its stages, in and out.",
             choice),
      whole("chip.output_buffer_positions", 2, 1, most, "Finished positions a stage may hold before it stalls.",
            "architect's choice: double buffering"),
      number("chip.core_leakage", "mW", 1.0, 0.0, most, "Leakage of the digital part of one analog core, buffers and converters excluded.",
             "architect's choice: a few hundred thousand gates of a 14 nm high-threshold library"),
      word("noc.topology", "mesh", {"mesh", "torus"},
           "Links of the routers: to their neighbours (mesh), or also around the edges (torus, with two halves of the virtual channels on either "
           "side of "
           "a dateline).",
           "Dally and Towles, Principles and Practices of Interconnection Networks, 2004, chapter 5"),
      base::one_of("noc.concentration", 1, {1, 2, 4}, "Nodes that share a router: 1, 2 (side by side) or 4 (a square).",
                   "Balfour and Dally, Design tradeoffs for tiled CMP on-chip networks, ICS 2006"),
      word("noc.routing", "xy", {"xy", "yx", "west_first"},
           "Way of a packet: along the row first (xy), along the column first (yx), or west first and then by the free buffers (west_first, mesh "
           "only).",
           "Glass and Ni, The turn model for adaptive routing, ISCA 1992"),
      word("noc.multicast", "off", {"off", "tree"},
           "Packets to several receivers: one to each (off), or one that is copied where their ways part (tree; xy routing on a mesh, a message "
           "class more).",
           "Duato, Yalamanchili and Ni, Interconnection Networks, 2003, chapter 5"),
      whole("noc.flit_bits", 64, 8, 4096, "Width of a flit and of a link.", choice),
      own_clock("noc.clock", "Clock of the network."),
      whole("noc.virtual_channels", 2, 1, 16, "Virtual channels of each of the three message classes.", choice),
      whole("noc.buffer_flits", 8, 1, 1024, "Flits each virtual channel buffers.", "smallest power of two over the credit loop of 7 cycles"),
      whole("noc.router_stages", 4, 3, 5,
            "Pipeline of the routers: 3 (speculative switch allocation), 4 (look-ahead routing) or 5 (with route computation).",
            "Dally and Towles, Principles and Practices of Interconnection Networks, 2004, chapter 16"),
      survey_or("noc.energy.buffer_write", "pJ", "Energy to write a flit into a router's buffer."),
      survey_or("noc.energy.buffer_read", "pJ", "Energy to read a flit from a router's buffer."),
      survey_or("noc.energy.crossbar", "pJ", "Energy of a flit through a router's crossbar."),
      survey_or("noc.energy.arbitration", "pJ", "Energy of one switch allocation."),
      number("noc.link_energy", "pJ/bit", 0.0162, 0.0, most, "Energy of a bit on one millimetre of link.",
             "DSENT (Sun et al., NOCS 2012): 0.0235 at 22 nm, 0.0132 at 11 nm per bit and mm at activity 0.25, interpolated to 14 nm"),
      number("noc.hop_length", "mm", 1.0, 0.0, 100.0, "Length of the link between neighbouring nodes.",
             "architect's choice: pitch of a core of 1 mm2"),
      survey_or("noc.router_area", "um2", "Area of one router."),
      survey_or("noc.router_leakage", "mW", "Leakage of one router; the survey's transistors have a low threshold, so rather an upper figure."),
      {"port.memory", ValueType::choice, "", memories().front().name, 0, 0, memory_names(),
       "What stands behind each port: a link to whoever feeds the chip, or a memory, whose rate, energy and latency the port then has.",
       "none: architect's choice. lpddr4: 64 bits of LPDDR4-3200 (JEDEC JESD209-4), 4 to 8 pJ/bit, 100 ns. hbm2: a stack of 1024 bits at 2 Gb/s "
       "(JEDEC "
       "JESD235), 3.9 pJ/bit (O'Connor et al., MICRO 2017), 100 ns"},
      {"port.nodes",
       ValueType::text,
       "",
       std::string("0"),
       0,
       0,
       {"numbers of mesh nodes between blanks, such as '0 7 56 63'"},
       "Nodes of the mesh with a port; nodes count row by row from 0.",
       choice},
      memory_or("port.bits_per_cycle", "", 1e-3, "Bits a port moves per clock cycle, in each direction; 'memory': 64, or the rate of port.memory."),
      memory_or("port.energy_per_bit", "pJ/bit", 0.0,
                "Energy of one bit through a port; 'memory': 6 pJ/bit, the middle of LPDDR4's 4 to 8, or that of port.memory."),
      memory_or("port.latency", "ns", 0.0, "Time from the request of a position to its first bit; 'memory': 0, or that of port.memory."),
      whole("port.outstanding", 16, 1, most, "Positions that a port may have requested and not yet sent on, where it has latency.", choice),
  };
  for (const base::Declarations& some : {core_gating(), router_gating()}) all.insert(all.end(), some.begin(), some.end());
  return all;
}

int network_classes(const NocParameters& parameters) { return message_classes + (parameters.multicast ? 1 : 0); }

ChipParameters ChipParameters::read(const base::Config& config) {
  ChipParameters chip;
  const auto integer = [&config](const char* key) { return static_cast<int>(config.integer(key)); };
  chip.mesh_width = integer("chip.mesh.width");
  chip.mesh_height = integer("chip.mesh.height");
  chip.digital_cores = integer("chip.digital_cores");
  chip.port.nodes = port_nodes(config, chip.nodes());
  const int cores = chip.nodes() - static_cast<int>(chip.port.nodes.size());
  if (chip.digital_cores > cores) {
    config.refuse("chip.digital_cores", "a mesh of " + std::to_string(chip.nodes()) + " nodes keeps " + std::to_string(chip.port.nodes.size()) +
                                            " for ports (port.nodes) and has room for " + std::to_string(cores) +
                                            " cores; ask for fewer digital cores or a larger mesh");
  }
  chip.tiles_per_core = integer("chip.tiles_per_core");
  chip.shared_converters = config.word("chip.converters") == "shared";
  chip.clock = config.frequency("chip.clock");
  const auto own_clock = [&config](const char* key) {
    return config.optional_real(key, "chip") ? std::optional(config.frequency(key)) : std::nullopt;
  };
  chip.network_clock = own_clock("noc.clock");
  chip.digital_clock = own_clock("chip.digital_clock");
  chip.analog_clock = own_clock("chip.analog_clock");
  chip.synchroniser = integer("chip.synchroniser");
  chip.input_buffer_bytes = bytes(config, "chip.input_buffer");
  chip.digital_buffer_bytes = bytes(config, "chip.digital_buffer");
  chip.output_buffer_positions = integer("chip.output_buffer_positions");
  chip.core_leakage = config.power("chip.core_leakage");
  chip.core_gating = read_gating(config, "chip");

  chip.noc.flit_bits = integer("noc.flit_bits");
  chip.noc.virtual_channels = integer("noc.virtual_channels");
  chip.noc.buffer_flits = integer("noc.buffer_flits");
  chip.noc.router_stages = integer("noc.router_stages");
  chip.noc.gating = read_gating(config, "noc");
  chip.noc.gating.look_ahead = integer("noc.gating.look_ahead");
  read_topology(config, chip);
  if (chip.noc.gating.on && chip.noc.gating.look_ahead > 0 && chip.noc.routing == NocRouting::west_first) {
    config.refuse("noc.gating.look_ahead",
                  "west_first chooses the way router by router, so nobody knows whom to wake ahead; take noc.routing=xy or yx, or 0");
  }
  const RouterCost typical =
      router_survey(chip.noc.flit_bits, chip.noc.virtual_channels * network_classes(chip.noc), chip.noc.buffer_flits, chip.noc.concentration + 4);
  const auto energy = [&](const char* key, base::Energy survey) { return config.optional_real(key, "survey") ? config.energy(key) : survey; };
  chip.noc.buffer_write = energy("noc.energy.buffer_write", typical.buffer_write);
  chip.noc.buffer_read = energy("noc.energy.buffer_read", typical.buffer_read);
  chip.noc.crossbar = energy("noc.energy.crossbar", typical.crossbar);
  chip.noc.arbitration = energy("noc.energy.arbitration", typical.arbitration);
  const double hop_millimetres = config.length("noc.hop_length").si() / base::unit::millimetre.si();
  // Routers of a concentrated mesh stand as far apart as their blocks of nodes; a torus folded flat has links twice as long.
  const double blocks = chip.noc.concentration == 1 ? 1 : chip.noc.concentration == 2 ? 1.5 : 2;
  const double folds = chip.noc.topology == NocTopology::torus ? 2 : 1;
  chip.noc.link_per_bit = base::Energy(config.si("noc.link_energy", "J/bit") * hop_millimetres * blocks * folds);
  chip.noc.router_area = config.optional_real("noc.router_area", "survey") ? config.area("noc.router_area") : typical.area;
  chip.noc.router_leakage = config.optional_real("noc.router_leakage", "survey") ? config.power("noc.router_leakage") : typical.leakage;

  const Memory& behind = memory(config.word("port.memory"));
  const double own_rate = behind.bits_per_second ? *behind.bits_per_second / chip.clock.si() : behind.bits_per_cycle;
  chip.port.bits_per_cycle = config.optional_real("port.bits_per_cycle", "memory").value_or(own_rate);
  chip.port.energy_per_bit =
      config.optional_real("port.energy_per_bit", "memory") ? base::Energy(config.si("port.energy_per_bit", "J/bit")) : behind.energy_per_bit;
  chip.port.latency = config.optional_real("port.latency", "memory") ? config.duration("port.latency") : behind.latency;
  chip.port.outstanding = integer("port.outstanding");
  return chip;
}

CoreKind ChipParameters::kind(int node) const {
  const auto ports_before = std::ranges::lower_bound(port.nodes, node) - port.nodes.begin();
  if (std::ranges::binary_search(port.nodes, node)) return CoreKind::port;
  if (digital_cores == 0) return CoreKind::analog;
  // Digital core i stands in the i-th of `digital_cores` slices of the nodes without a port, at a place within its slice that steps by the golden
  // ratio (as a quotient of Fibonacci numbers): so cores share no column, and their traffic no links, whatever the width of the mesh is.
  constexpr std::int64_t step = 377;
  constexpr std::int64_t turn = 610;
  const std::int64_t others = nodes() - static_cast<std::int64_t>(port.nodes.size());
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

int ChipParameters::hops(int from, int to) const { return Topology(mesh_width, mesh_height, noc).hops(from, to); }

}  // namespace mho::hw
