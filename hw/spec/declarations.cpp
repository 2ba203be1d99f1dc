#include <utility>

#include "base/design_file/declare.h"
#include "base/design_file/sources.h"
#include "hw/spec/memory.h"
#include "hw/spec/parameters.h"

namespace mho::hw {
namespace {

using base::choice;
using base::Declaration;
using base::number;
using base::ValueType;
using base::whole;
using base::word;

const std::string dsent =
    "DSENT (Sun et al., NOCS 2012): five-port routers at 45 to 11 nm, activity 0.25, by buffered flits, channels, width and chip.technology";

Declaration router_model(std::string key, std::string unit, std::string sentence) {
  return base::model_or(std::move(key), std::move(unit), std::move(sentence), dsent);
}

Declaration own_clock(std::string key, std::string sentence) {
  return base::number_or(std::move(key), "GHz", std::string("chip"), 1e-6, 100.0, {"chip"}, std::move(sentence) + " 'chip': as chip.clock.", choice);
}

/// Texts of the keys of power gating: units, times and costs.
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
            "Cycles of " + texts.clock + " from a request to a gated " + texts.unit + " until it is on.", texts.wake_up_source),
      whole(key + "break_even", texts.defaults.break_even, 0, most,
            "Gated cycles whose saved leakage equals the energy to gate and wake a " + texts.unit + " once.", texts.break_even_source),
      number(key + "residual", "", texts.defaults.residual, 0.0, 1.0, "Share of the leakage of a " + texts.unit + " that remains while it is gated.",
             texts.residual_source),
  };
}

base::Declarations core_gating() {
  return gating(
      {.prefix = "chip",
       .units = "cores",
       .unit = "core",
       .what = "the digital part and the converters of an analog core, the vector unit of a digital core; buffers keep their contents",
       .clock = "the core's clock",
       .defaults = {.on = false, .idle = 64, .wake_up = 64, .break_even = 64, .residual = 0.05},
       .idle_source = "architect's choice: the break-even time; the energy is then at most twice that of gating with knowledge of the future",
       .wake_up_source = "architect's choice: the rail of a core of 1 mm2 is charged in stages to bound its rush current, tens of nanoseconds (Kim, "
                         "Kosonocky and Knebel, ISLPED 2003, on ground bounce of power gating)",
       .break_even_source = "architect's choice: several times that of an execution unit (Hu et al., ISLPED 2004: about 10 cycles)",
       .residual_source = "architect's choice: leakage of the sleep transistors, and of the control that detects an arriving position"});
}

base::Declarations router_gating() {
  base::Declarations all = gating(
      {.prefix = "noc",
       .units = "routers",
       .unit = "router",
       .what = "buffers, crossbar and allocators; credit counters stay on",
       .clock = "the network's clock",
       .defaults = {.on = false, .idle = 4, .wake_up = 8, .break_even = 10, .residual = 0.05},
       .idle_source = "Das et al., Catnap, ISCA 2013: a few idle cycles before a router is gated",
       .wake_up_source = "Chen et al., Power Punch, HPCA 2015: 8 cycles; other designs of that time: 8 to 12",
       .break_even_source = "Chen and Pinkston, NoRD, MICRO 2012: about 10 cycles",
       .residual_source =
           "architect's choice: leakage of the sleep transistors, the credit counters and the control that detects requests of the neighbours"});
  constexpr double side = 64;
  all.push_back(
      whole("noc.gating.look_ahead", 0, 0, 2 * side,
            "Routers after the next one that the head of a packet wakes in advance on its route; packets to several receivers do not look ahead.",
            "0: conventional power gating. Chen et al., Power Punch, HPCA 2015, wake some hops ahead"));
  return all;
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

base::Declarations chip_declarations() {
  constexpr double most = 1e6;
  constexpr double most_kibibytes = 1024.0 * 1024.0;
  return {
      base::more(whole("chip.mesh.width", 3, 1, 64, "Columns of the mesh of nodes.", choice)),
      base::more(whole("chip.mesh.height", 3, 1, 64, "Rows of the mesh of nodes.", choice)),
      number("chip.dead_tiles", "", 0.0, 0.0, 1.0,
             "Probability that a tile does not work, independent of other tiles. Any tile that the network does not use can replace a broken one.",
             choice),
      whole("chip.digital_cores", 1, 0, 4094, "Number of nodes with a digital core; port.nodes are ports, and all other nodes are analog cores.",
            choice),
      {"chip.digital_nodes",
       ValueType::text,
       "",
       std::string("spread"),
       0,
       0,
       {"spread", "numbers of as many mesh nodes as chip.digital_cores says between blanks, such as '9 14 49 54'"},
       "Nodes of the digital cores: spread evenly over the mesh, or these nodes, numbered row by row from 0; mho map --move-digital-cores searches "
       "for nodes with little traffic.",
       choice},
      base::more(whole("chip.tiles_per_core", 1, 1, 1024,
                       "Number of tiles of an analog core. Each tile has its own drivers; all share the input buffer and the router of the core.",
                       choice)),
      {"chip.converters",
       ValueType::choice,
       "",
       std::string("shared"),
       0,
       0,
       {"shared", "own"},
       "Whether the tiles of a core share one bank of converters with its output stage, or each tile has its own.",
       "architect's choice: the four to eight arrays of an ISAAC unit share its converters (Shafiee et al., ISCA 2016)",
       {},
       base::Buys::nothing,
       {{"shared", "own"}}},
      base::more(number("chip.clock", "GHz", 1.0, 1e-6, 100.0,
                        "Clock of the ports, and of digital cores, analog cores and network unless they have their own.", choice)),
      base::more(own_clock("chip.digital_clock", "Clock of the digital cores.")),
      base::more(own_clock(
          "chip.analog_clock",
          "Clock of the analog cores: of their output stage and of the control of their units, whose times are rounded up to whole cycles.")),
      whole("chip.synchroniser", 2, 0, 64,
            "Cycles of the receiving clock that a packet waits after the next edge when it crosses between two different clocks.",
            "two flip-flops: Ginosar, IEEE Design & Test 28(5):23 (2011)"),
      base::more(number("chip.input_buffer", "KiB", 64.0, 0.0, most_kibibytes, "Memory of an analog core for positions that wait for its tiles.",
                        "64 KB per tile as in ISAAC (Shafiee et al., ISCA 2016, table 1)")),
      base::more(number("chip.digital_buffer", "KiB", 128.0, 0.0, most_kibibytes,
                        "Memory of a digital core for input and output positions of all its stages.", choice)),
      base::more(whole("chip.output_buffer_positions", 2, 1, most, "Finished positions that a stage can hold before it stalls.",
                       "architect's choice: double buffering")),
      base::model_or("chip.core_area", "mm2", "Area of the control and instruction memory of one analog core, buffers and converters excluded.",
                     "architect's choice: 0.02 mm2 at 14 nm, a few hundred thousand gates, by area of logic"),
      base::model_or("chip.core_energy", "pJ", "Energy of the control of an analog core for one product.",
                     "architect's choice: 5 pJ at 14 nm and 0.8 V, some tens of instructions of 0.2 pJ, by energy of logic"),
      base::model_or("chip.core_leakage", "mW", "Leakage of the control of one analog core; 'model' follows chip.core_area and chip.threshold.",
                     "logic of DSENT (Sun et al., NOCS 2012) by area, threshold, supply and temperature"),
      number("chip.clock_gating", "", 0.9, 0.0, 1.0, "Share of the clock tree that is not switched while logic is idle.",
             "architect's choice: clock gates at every register bank; the whole tree has 28 pF/mm2 of logic, as the routers of DSENT (Sun et al., "
             "NOCS 2012)"),
  };
}

/// Several chips, and the links between them.
base::Declarations system_declarations() {
  constexpr double most_chips = 64, most_gigabits = 1e6, most_kibibytes = 1024.0 * 1024.0;
  return {
      base::more(whole("chip.count", 1, 1, most_chips,
                       "Number of equal chips in a row, each linked to the next; a network is cut between its stages into one part per chip.",
                       choice)),
      {"chip.link.nodes",
       ValueType::text,
       "",
       std::string("edges"),
       0,
       0,
       {"edges", "the numbers of two mesh nodes, such as '0 7': of the link to the chip before, then of the link to the chip behind"},
       "Nodes of each chip at which the links to its neighbours end: the middle of the western and the eastern edge, or these nodes. A link shares "
       "the network interface of its node.",
       choice},
      base::more(number("chip.link.bandwidth", "Gbit/s", 256.0, 1e-3, most_gigabits, "Rate of a link between two chips, in each direction.",
                        "16 lanes of 16 GT/s, a module for standard packages of UCIe (Das Sharma et al., IEEE TCPMT 12(9):1423, 2022)")),
      number("chip.link.latency", "ns", 5.0, 0.0, 1e9, "Latency of a bit over a link, from the memory at one end to the memory at the other end.",
             "architect's choice: the 2 ns of UCIe's adapters and circuits at both ends (Das Sharma et al., IEEE TCPMT 12(9):1423, 2022), "
             "and crossing into another chip's clock"),
      number("chip.link.energy", "pJ/bit", 0.5, 0.0, 1e6, "Energy of a bit over a link, both ends together.",
             "UCIe up to 16 GT/s over a standard package (Das Sharma et al., IEEE TCPMT 12(9):1423, 2022); ground-referenced wires at 25 Gb/s: 1.17 "
             "pJ/bit (Poulton et al., JSSC 54(1):43, 2019)"),
      base::model_or("chip.link.area", "mm2", "Area of one end of a link, without its memories; a chip has two ends.",
                     "architect's choice: 1000 um2 for each Gb/s, as a port without memory"),
      base::model_or("chip.link.standing_power", "mW", "Power of one end of a link at rest.",
                     "architect's choice: 0.01 mW for each Gb/s, as a port without memory"),
      base::more(number("chip.link.buffer", "KiB", 256.0, 0.0, most_kibibytes,
                        "Memory at one end of a link for packets that leave the chip; packets that arrive have another of the same size. Each must "
                        "hold all positions that the buffers behind the link have space for.",
                        choice)),
  };
}

base::Declarations network_declarations() {
  return {
      base::steps(word("noc.topology", "mesh", {"mesh", "torus"},
                       "Links between routers. 'mesh': to the neighbours; 'torus': also around the edges, with one half of the virtual channels on "
                       "each side of a dateline.",
                       "Dally and Towles, Principles and Practices of Interconnection Networks, 2004, chapter 5"),
                  {{"mesh", "torus"}}),
      base::one_of("noc.concentration", 1, {1, 2, 4}, "Nodes that share a router: 1, 2 (side by side) or 4 (a square).",
                   "Balfour and Dally, Design tradeoffs for tiled CMP on-chip networks, ICS 2006"),
      word("noc.routing", "xy", {"xy", "yx", "west_first"},
           "Route of a packet. 'xy': along the row first; 'yx': along the column first; 'west_first': west first, then by free buffers (mesh only).",
           "Glass and Ni, The turn model for adaptive routing, ISCA 1992"),
      base::steps(word("noc.multicast", "off", {"off", "tree"},
                       "Packets to several receivers. 'off': one packet to each; 'tree': one packet that is copied where the routes part (xy routing "
                       "on a mesh, one more message class).",
                       "Duato, Yalamanchili and Ni, Interconnection Networks, 2003, chapter 5"),
                  {{"off", "tree"}}),
      base::more(whole("noc.flit_bits", 64, 8, 4096, "Width of a flit and of a link.", choice)),
      base::more(own_clock("noc.clock", "Clock of the network.")),
      base::more(whole("noc.virtual_channels", 2, 1, 16, "Virtual channels of each of the three message classes.", choice)),
      base::more(whole("noc.buffer_flits", 8, 1, 1024, "Flits that each virtual channel can buffer.",
                       "smallest power of two over the credit loop of 7 cycles")),
      base::less(whole("noc.router_stages", 4, 3, 5,
                       "Pipeline of the routers: 3 (speculative switch allocation), 4 (look-ahead routing) or 5 (with route computation).",
                       "Dally and Towles, Principles and Practices of Interconnection Networks, 2004, chapter 16")),
  };
}

/// Energy, area and leakage of routers and links.
base::Declarations network_cost_declarations() {
  return {
      router_model("noc.energy.buffer_write", "pJ", "Energy to write a flit into a router's buffer."),
      router_model("noc.energy.buffer_read", "pJ", "Energy to read a flit from a router's buffer."),
      router_model("noc.energy.crossbar", "pJ", "Energy of a flit through a router's crossbar."),
      router_model("noc.energy.arbitration", "pJ", "Energy of one switch allocation."),
      base::model_or(
          "noc.link_energy", "pJ/bit", "Energy of a bit on one millimetre of link.",
          "DSENT (Sun et al., NOCS 2012): 0.0235 at 22 nm, 0.0132 at 11 nm per bit and mm at activity 0.25, by chip.technology and chip.vdd"),
      base::less(base::number_or("noc.hop_length", "mm", std::string("pitch"), 0.0, 100.0, {"pitch"},
                                 "Length of the link between neighbouring nodes; 'pitch': square root of the mean area of a node.",
                                 "the nodes of a mesh lie side by side")),
      router_model("noc.router_area", "um2", "Area of one router."),
      router_model("noc.router_leakage", "mW", "Leakage of one router; 'model' follows chip.threshold."),
  };
}

base::Declarations port_declarations() {
  constexpr double most = 1e6;
  return {
      {"port.memory",
       ValueType::choice,
       "",
       memories().front().name,
       0,
       0,
       memory_names(),
       "Memory behind each port. 'none': a link to an external source and sink; otherwise the port has the rate, energy and latency of this memory.",
       "none: architect's choice. lpddr4: 64 bits of LPDDR4-3200 (JEDEC JESD209-4), 4 to 8 pJ/bit, 100 ns. hbm2: a stack of 1024 bits at 2 Gb/s "
       "(JEDEC "
       "JESD235), 3.9 pJ/bit (O'Connor et al., MICRO 2017), 100 ns",
       {},
       base::Buys::nothing,
       {{memories().front().name, memories().back().name}}},
      {"port.nodes",
       ValueType::text,
       "",
       std::string("0"),
       0,
       0,
       {"numbers of mesh nodes between blanks, such as '0 7 56 63'"},
       "Nodes of the mesh with a port; nodes count row by row from 0.",
       choice},
      base::more(memory_or("port.bits_per_cycle", "", 1e-3,
                           "Bits that a port moves per clock cycle, in each direction; 'memory': 64, or the rate of port.memory.")),
      memory_or("port.energy_per_bit", "pJ/bit", 0.0,
                "Energy of one bit through a port; 'memory': the energy of port.memory; without memory 6 pJ/bit, the middle of LPDDR4's 4 to 8."),
      memory_or("port.latency", "ns", 0.0, "Time from the request of a position to its first bit; 'memory': 0, or the latency of port.memory."),
      memory_or("port.area", "mm2", 0.0, "Area of the interface and controller of one port; 'memory': the value of port.memory."),
      memory_or("port.standing_power", "mW", 0.0, "Power of the interface of one port at rest; 'memory': the value of port.memory."),
      whole("port.outstanding", 16, 1, most, "Positions that a port can have requested and not yet sent on, if it has latency.", choice),
  };
}

}  // namespace

base::Declarations declarations() {
  base::Declarations all;
  for (const base::Declarations& some : {chip_declarations(), system_declarations(), network_declarations(), network_cost_declarations(),
                                         port_declarations(), core_gating(), router_gating()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace mho::hw
