#include "hw/spec/components.h"

#include <algorithm>
#include <stdexcept>

#include "periphery/components.h"

namespace mho::hw {

namespace {

using periphery::buffer_component;
using periphery::Component;
using periphery::Per;

constexpr double bits_per_byte = 8;

/// The digital part of an analog core.
Component core_control(const ChipParameters& chip) {
  return {.name = "core", .per = Per::analog_core, .leakage = chip.core_leakage, .gated = true, .source = "chip.core_leakage"};
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
          .source =
              "noc.energy.buffer_write, noc.energy.buffer_read, noc.energy.crossbar, noc.energy.arbitration, noc.router_area, "
              "noc.router_leakage"};
}

/// The links that leave a router.
Component links(const NocParameters& noc) {
  return {.name = "link",
          .per = Per::router,
          .events = {{link_flit, noc.link_per_bit, static_cast<double>(noc.flit_bits)}},
          .source = "noc.link_energy, noc.hop_length"};
}

Component ports(const PortParameters& port) {
  return {.name = "port",
          .per = Per::chip,
          .count = static_cast<std::int64_t>(port.nodes.size()),
          .events = {{port_bit, port.energy_per_bit}},
          .source = "port.energy_per_bit, port.memory"};
}

}  // namespace

double input_buffer_bits(const ChipParameters& chip) { return static_cast<double>(chip.input_buffer_bytes) * bits_per_byte; }

double output_buffer_bits(const ChipParameters& chip, const tiles::TileParameters& tile) {
  const int element_bits = std::max(tile.digital.partial_sum_format.bits(), tile.digital.result_format.bits());
  return static_cast<double>(chip.output_buffer_positions) * chip.tiles_per_core * tile.columns * element_bits;
}

double digital_buffer_bits(const ChipParameters& chip) { return static_cast<double>(chip.digital_buffer_bytes) * bits_per_byte; }

std::vector<Component> components(const ChipParameters& chip, const tiles::TileParameters& tile, const tiles::TileLoad& load) {
  std::vector<Component> all = tiles::components(tile, load);
  const auto add = [&all](Component component) { all.push_back(std::move(component)); };
  add(core_control(chip));
  add(buffer_component("input_buffer", tile.buffer, Per::analog_core, input_buffer_bits(chip), input_buffer_written_bit, input_buffer_read_bit));
  add(buffer_component("output_buffer", tile.buffer, Per::analog_core, output_buffer_bits(chip, tile), output_buffer_written_bit,
                       output_buffer_read_bit));
  add(periphery::vector_unit_component(tile.digital));
  // What moves through it counts as input or output, as in an analog core.
  add(buffer_component("digital_buffer", tile.buffer, Per::digital_core, digital_buffer_bits(chip), {}, {}));
  add(router(chip.noc));
  add(links(chip.noc));
  add(ports(chip.port));
  return all;
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
      return 1;
  }
  throw std::logic_error("count_on_chip: no such place");
}

}  // namespace mho::hw
