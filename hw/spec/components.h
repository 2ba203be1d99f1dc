#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "hw/spec/parameters.h"
#include "periphery/component.h"
#include "tiles/components.h"

namespace mho::hw {

/// Events that cores, routers and ports cost, beside those of their tiles and vector units.
inline constexpr std::string_view input_buffer_written_bit = "input_buffer_written_bit";
inline constexpr std::string_view input_buffer_read_bit = "input_buffer_read_bit";
inline constexpr std::string_view output_buffer_written_bit = "output_buffer_written_bit";
inline constexpr std::string_view output_buffer_read_bit = "output_buffer_read_bit";
inline constexpr std::string_view router_write = "router_write";  ///< a flit into a buffer
inline constexpr std::string_view router_read = "router_read";
inline constexpr std::string_view crossbar_traversal = "crossbar_traversal";
inline constexpr std::string_view arbitration = "arbitration";
inline constexpr std::string_view link_flit = "link_flit";
inline constexpr std::string_view port_bit = "port_bit";
inline constexpr std::string_view chip_link_flit = "chip_link_flit";  ///< over a link between two chips

/// Input buffer of one analog core in bits.
double input_buffer_bits(const ChipParameters& chip);
/// Output buffer of one analog core in bits: for each tile `chip.output_buffer_positions` rows of its columns in the wider of partial sum and result
/// format.
double output_buffer_bits(const ChipParameters& chip, const tiles::TileParameters& tile);
/// Buffer of one digital core in bits.
double digital_buffer_bits(const ChipParameters& chip);

/// Everything that is costed on a chip whose tiles are `tile` with `load` on them, in the order of the tables.
std::vector<periphery::Component> components(const ChipParameters& chip, const tiles::TileParameters& tile, const tiles::TileLoad& load);

/// Refuses clocks that logic of this technology does not reach, with the stages that routers and vector units have. Throws UserError at the key.
void check_clocks(const base::Config& config, const ChipParameters& chip, const tiles::TileParameters& tile);

/// Root of a node's share of the area of all nodes of a chip with these tiles.
base::Length node_pitch(const ChipParameters& chip, const tiles::TileParameters& tile);

/// Whether what a component counts by lies in an analog core's tiles or their converters, whose settings a layer may change.
bool follows_tile(periphery::Per per);
/// How many of these one analog core has: its tiles, its banks, itself; 0 for those elsewhere.
std::int64_t count_in_analog_core(const ChipParameters& chip, periphery::Per per);
/// How many of these the chip has.
std::int64_t count_on_chip(const ChipParameters& chip, periphery::Per per);

}  // namespace mho::hw
