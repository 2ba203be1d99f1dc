#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "hw/spec/parameters.h"
#include "periphery/component.h"
#include "tiles/components.h"

namespace mho::hw {

/// Names of the events of cores, routers, links and ports that cost energy. Events of tiles: tiles/components.h; of converters and vector units:
/// periphery/components.h.
inline constexpr std::string_view input_buffer_written_bit = "input_buffer_written_bit";
inline constexpr std::string_view input_buffer_read_bit = "input_buffer_read_bit";
inline constexpr std::string_view output_buffer_written_bit = "output_buffer_written_bit";
inline constexpr std::string_view output_buffer_read_bit = "output_buffer_read_bit";
inline constexpr std::string_view router_write = "router_write";  ///< one flit written into a buffer
inline constexpr std::string_view router_read = "router_read";
inline constexpr std::string_view crossbar_traversal = "crossbar_traversal";
inline constexpr std::string_view arbitration = "arbitration";
inline constexpr std::string_view link_flit = "link_flit";
inline constexpr std::string_view port_bit = "port_bit";
inline constexpr std::string_view chip_link_flit = "chip_link_flit";  ///< one flit on a link between two chips

/// Size of the input buffer of one analog core, in bits.
double input_buffer_bits(const ChipParameters& chip);
/// Size of the output buffer of one analog core, in bits: `chip.output_buffer_positions` positions for each tile. A position has one element per
/// column of the tile, in the wider of the partial-sum and the result format.
double output_buffer_bits(const ChipParameters& chip, const tiles::TileParameters& tile);
/// Size of the buffer of one digital core, in bits.
double digital_buffer_bits(const ChipParameters& chip);

/// All components with costs of a chip with tiles `tile` under `load`, in the order of the tables, the user's blocks included.
std::vector<periphery::Component> components(const ChipParameters& chip, const tiles::TileParameters& tile, const tiles::TileLoad& load);

/// Throws UserError at the key of a clock that is faster than logic of this technology reaches, given the pipeline stages of routers and vector
/// units.
void check_clocks(const base::Config& config, const ChipParameters& chip, const tiles::TileParameters& tile);

/// Square root of the chip area per node: the distance between neighbouring nodes.
base::Length node_pitch(const ChipParameters& chip, const tiles::TileParameters& tile);

/// Whether `per` is a tile or a bank of converters: parts of an analog core whose settings a layer may change.
bool follows_tile(periphery::Per per);
/// The number of parts `per` in one analog core: tiles, banks or the core itself; 0 for parts outside analog cores.
std::int64_t count_in_analog_core(const ChipParameters& chip, periphery::Per per);
/// The number of parts `per` on all chips.
std::int64_t count_on_chip(const ChipParameters& chip, periphery::Per per);

}  // namespace mho::hw
