#pragma once

#include <string>
#include <vector>

#include "base/design_file/config.h"
#include "base/units.h"
#include "periphery/component.h"

namespace mho::hw {

/// A costed block that a design adds to those of the models: anything that the table of a paper has.
struct UserBlock {
  /// What it stands beside; its energy is that of one product of a tile, beside a column or converter that of one conversion.
  enum class Place { chip, core, tile, column, product, conversion } place = Place::chip;
  std::string name;
  base::Energy energy;
  base::Area area;
  base::Power leakage;
  std::string source;
};

/// Keys of an entry of chip.blocks: name, per, energy, area, leakage, source.
base::Declarations block_declarations();
/// Reads an entry. Throws UserError at the key that is missing, or that makes no block.
UserBlock read_block(const base::Config& config);
/// What `per` says of a place: "chip", "core", ...
std::string place_name(UserBlock::Place place);
/// The block as a component of a chip whose tiles have `columns` columns and whose banks have `converters` converters.
periphery::Component block_component(const UserBlock& block, std::int64_t columns, std::int64_t converters);

}  // namespace mho::hw
