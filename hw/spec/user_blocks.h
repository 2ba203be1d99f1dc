#pragma once

#include <string>
#include <vector>

#include "base/design_file/config.h"
#include "base/units.h"
#include "periphery/component.h"

namespace mho::hw {

/// A block with costs that a design adds to those of the models, such as a row of a paper's table.
struct UserBlock {
  /// The part of the chip that has one such block each. The energy counts per conversion for column and conversion, else per product of a tile.
  enum class Place { chip, core, tile, column, product, conversion } place = Place::chip;
  std::string name;
  base::Energy energy;
  base::Area area;
  base::Power leakage;
  std::string source;
};

/// Keys of an entry of chip.blocks: name, per, energy, area, leakage, source.
base::Declarations block_declarations();
/// Reads an entry of chip.blocks whose keys block_declarations() has checked.
UserBlock read_block(const base::Config& config);
/// The value of the key `per` for a place: "chip", "core", ...
std::string place_name(UserBlock::Place place);
/// The block as a component of a chip. `columns`: per tile; `converters`: per bank.
periphery::Component block_component(const UserBlock& block, std::int64_t columns, std::int64_t converters);

}  // namespace mho::hw
