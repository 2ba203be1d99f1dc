#include "hw/spec/components.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/design_file/config.h"
#include "periphery/components.h"
#include "periphery/technology/scaling.h"

namespace mho::hw {

namespace {

using periphery::buffer_component;
using periphery::Component;
using periphery::Per;

constexpr double bits_per_byte = 8;

/// Control and instruction memory of an analog core.
Component core_control(const ChipParameters& chip) {
  return {.name = "core",
          .per = Per::analog_core,
          .events = {{tiles::mvm, chip.core_energy}},
          .area = chip.core_area,
          .leakage = chip.core_leakage,
          .gated = true,
          .logic = true,
          .note = chip.core_cost,
          .source = "chip.core_energy, chip.core_area, chip.core_leakage"};
}

Component router(const NocParameters& noc) {
  return {.name = "router",
          .per = Per::router,
          .events = {{router_write, noc.buffer_write},
                     {router_read, noc.buffer_read},
                     {crossbar_traversal, noc.crossbar},
                     {arbitration, noc.arbitration}},
          .area = noc.router_area,
          .leakage = noc.router_leakage,
          .gated = true,
          .logic = true,
          .note = noc.router_cost,
          .source =
              "noc.energy.buffer_write, noc.energy.buffer_read, noc.energy.crossbar, noc.energy.arbitration, noc.router_area, "
              "noc.router_leakage"};
}

/// The links that leave a router.
Component links(const NocParameters& noc) {
  return {.name = "link",
          .per = Per::router,
          .events = {{link_flit, noc.link_per_bit, static_cast<double>(noc.flit_bits)}},
          .note = noc.link_cost,
          .source = "noc.link_energy, noc.hop_length"};
}

Component ports(const PortParameters& port) {
  return {.name = "port",
          .per = Per::chip,
          .count = static_cast<std::int64_t>(port.nodes.size()),
          .events = {{port_bit, port.energy_per_bit}},
          .area = port.area,
          .leakage = port.standing_power,
          .note = port.cost,
          .source = "port.energy_per_bit, port.area, port.standing_power, port.memory"};
}

/// The two ends of links to other chips that each chip has.
constexpr std::int64_t link_ends = 2;

Component chip_links(const ChipParameters& chip) {
  return {.name = "chip_link",
          .per = Per::chip,
          .count = link_ends,
          .events = {{chip_link_flit, chip.link.energy_per_bit, static_cast<double>(chip.noc.flit_bits)}},
          .area = chip.link.area,
          .leakage = chip.link.standing_power,
          .note = chip.link.cost,
          .source = "chip.link.energy, chip.link.area, chip.link.standing_power"};
}

/// Each end has a memory for packets that leave and one for packets that arrive. A flit over a link passes through two memories.
Component chip_link_buffers(const ChipParameters& chip, const tiles::TileParameters& tile) {
  constexpr double bits_per_byte = 8, memories = 2;
  Component buffers = buffer_component("chip_link_buffer", tile.buffer, Per::chip, bits_per_byte * chip.link.buffer_bytes,
                                       std::vector<std::string_view>{chip_link_flit}, std::vector<std::string_view>{chip_link_flit});
  buffers.count = link_ends * static_cast<std::int64_t>(memories);
  for (periphery::EventCost& cost : buffers.events) cost.units = memories * chip.noc.flit_bits;
  buffers.own_core_only = false;
  return buffers;
}

/// Clock of the logic that contains a component.
base::Frequency clock_of(const ChipParameters& chip, Per per) {
  switch (per) {
    case Per::tile:
    case Per::bank:
    case Per::analog_core:
      return chip.clock_of(CoreKind::analog);
    case Per::digital_core:
      return chip.clock_of(CoreKind::digital);
    case Per::router:
      return chip.network_clock.value_or(chip.clock);
    case Per::chip:
      return chip.clock;
  }
  throw std::logic_error("clock_of: no such place");
}

/// Logic between two registers, relative to 20 gate delays: a vector operation takes 60 gate delays and a router 80, divided by their pipeline
/// stages. At least 1, and 1 for all other logic.
double crowding(const ChipParameters& chip, const tiles::TileParameters& tile, Per per) {
  constexpr double vector_stages = 3, router_stages = 4;  // of 20 gate delays
  if (per == Per::digital_core) return std::max(1.0, vector_stages / tile.digital.pipeline_depth);
  if (per == Per::router) return std::max(1.0, router_stages / chip.noc.router_stages);
  return 1;
}

/// Scales the costs of logic by the size that its gates need at its clock.
void size_logic(const ChipParameters& chip, const tiles::TileParameters& tile, Component& component) {
  if (!component.logic) return;
  const double factor = periphery::sizing(chip.technology, clock_of(chip, component.per) * crowding(chip, tile, component.per));
  for (periphery::EventCost& cost : component.events) cost.energy *= factor;
  if (component.area) *component.area *= factor;
  component.leakage *= factor;
}

/// Square metres of all instances; 0 where the area is not modelled.
double area_on_chip(const ChipParameters& chip, const Component& component) {
  return component.area ? component.area->si() * static_cast<double>(component.count * count_on_chip(chip, component.per)) : 0;
}

/// Power of the clock tree in idle logic; in active logic, the energy of the logic contains it. Routers of DSENT (Sun et al., NOCS 2012) use 0.16 pJ
/// a cycle for 0.0077 mm2 at 22 nm: 28 pF/mm2.
Component clock_tree(const ChipParameters& chip, const std::vector<Component>& all) {
  constexpr double farad_per_square_metre = 28e-12 / 1e-6, spread = 0.4;
  const double volt = chip.technology.vdd_v;
  double watt = 0;
  for (const Component& component : all) {
    if (component.logic)
      watt += area_on_chip(chip, component) * farad_per_square_metre * volt * volt * clock_of(chip, component.per).si() * (1 - chip.clock_gating);
  }
  return {.name = "clock",
          .per = Per::chip,
          .leakage = base::Power(watt / chip.chips),
          .note = {.spread = {spread, spread, spread}, .user = {}, .outside = {}},
          .source = "chip.clock_gating, chip.clock"};
}

}  // namespace

double input_buffer_bits(const ChipParameters& chip) { return static_cast<double>(chip.input_buffer_bytes) * bits_per_byte; }

double output_buffer_bits(const ChipParameters& chip, const tiles::TileParameters& tile) {
  const int element_bits = std::max(tile.digital.partial_sum_format.bits(), tile.digital.result_format.bits());
  return static_cast<double>(chip.output_buffer_positions) * chip.tiles_per_core * tile.columns * element_bits;
}

double digital_buffer_bits(const ChipParameters& chip) { return static_cast<double>(chip.digital_buffer_bytes) * bits_per_byte; }

std::vector<Component> components(const ChipParameters& chip, const tiles::TileParameters& tile, const tiles::TileLoad& load) {
  using Names = std::vector<std::string_view>;
  std::vector<Component> all = tiles::components(tile, load);
  const auto add = [&all](Component component) { all.push_back(std::move(component)); };
  add(core_control(chip));
  add(buffer_component("input_buffer", tile.buffer, Per::analog_core, input_buffer_bits(chip), Names{input_buffer_written_bit},
                       Names{input_buffer_read_bit}));
  periphery::BufferParameters small = tile.buffer;
  small.kind = periphery::MemoryKind::sram;
  add(buffer_component("output_buffer", small, Per::analog_core, output_buffer_bits(chip, tile), Names{output_buffer_written_bit},
                       Names{output_buffer_read_bit}));
  add(periphery::vector_unit_component(tile.digital));
  add(buffer_component("digital_buffer", tile.buffer, Per::digital_core, digital_buffer_bits(chip),
                       Names{input_buffer_written_bit, output_buffer_written_bit}, Names{input_buffer_read_bit, output_buffer_read_bit}));
  add(router(chip.noc));
  add(links(chip.noc));
  add(ports(chip.port));
  if (chip.chips > 1) {
    add(chip_links(chip));
    add(chip_link_buffers(chip, tile));
  }
  for (Component& component : all) size_logic(chip, tile, component);
  const std::int64_t converters = std::ranges::find(all, "adc", &Component::name)->count;
  for (const UserBlock& block : chip.blocks) add(block_component(block, tile.columns, converters));
  add(clock_tree(chip, all));
  if (const std::string beyond = periphery::beyond_the_laws(chip.technology); !beyond.empty()) {
    for (Component& component : all) component.note.spread = periphery::extrapolated(component.note.spread);
    all.front().note.outside.push_back(beyond);
  }
  return all;
}

void check_clocks(const base::Config& config, const ChipParameters& chip, const tiles::TileParameters& tile) {
  const double limit = periphery::clock_limit(chip.technology).si();
  const auto check = [&](const char* key, std::optional<base::Frequency> clock, double crowded, std::string_view deeper) {
    if (!clock || clock->si() * crowded < limit) return;
    config.refuse(key, fmt::format("logic of this technology reaches {}{}; lower it, or change chip.technology, chip.vdd or chip.threshold",
                                   base::format_si(limit / crowded, "Hz"), crowded > 1 ? deeper : ""));
  };
  const double router = crowding(chip, tile, Per::router), vector = crowding(chip, tile, Per::digital_core);
  constexpr std::string_view deeper_router = " in a router of so few stages (noc.router_stages)";
  constexpr std::string_view deeper_vector = " in a vector unit of so few stages (digital.pipeline_depth)";
  check("chip.clock", chip.clock, 1, "");
  check(chip.network_clock ? "noc.clock" : "chip.clock", chip.network_clock.value_or(chip.clock), router, deeper_router);
  check(chip.digital_clock ? "chip.digital_clock" : "chip.clock", chip.clock_of(CoreKind::digital), vector, deeper_vector);
  check("chip.analog_clock", chip.analog_clock, 1, "");
}

base::Length node_pitch(const ChipParameters& chip, const tiles::TileParameters& tile) {
  double area = 0;
  for (const Component& component : components(chip, tile, {})) {
    area += area_on_chip(chip, component);
  }
  return base::Length(std::sqrt(area / chip.nodes()));
}

bool follows_tile(Per per) { return per == Per::tile || per == Per::bank; }

std::int64_t count_in_analog_core(const ChipParameters& chip, Per per) {
  switch (per) {
    case Per::tile:
      return chip.tiles_per_core;
    case Per::bank:
      return chip.banks_per_core();
    case Per::analog_core:
      return 1;
    case Per::digital_core:
    case Per::router:
    case Per::chip:
      return 0;
  }
  throw std::logic_error("count_in_analog_core: no such place");
}

std::int64_t count_on_chip(const ChipParameters& chip, Per per) {
  switch (per) {
    case Per::tile:
    case Per::bank:
    case Per::analog_core:
      return count_in_analog_core(chip, per) * static_cast<std::int64_t>(chip.nodes_of(CoreKind::analog).size());
    case Per::digital_core:
      return static_cast<std::int64_t>(chip.nodes_of(CoreKind::digital).size());
    case Per::router:
      return chip.routers();
    case Per::chip:
      return chip.chips;
  }
  throw std::logic_error("count_on_chip: no such place");
}

}  // namespace mho::hw
