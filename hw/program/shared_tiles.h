#pragma once

#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::hw {

/// The part of verify() about tiles of analog cores. Throws UserError if matrices on one tile overlap, reach beyond it or share rows or columns in
/// different lanes, if stages at one place have different matrices, or if a core has more tiles than `chip.tiles_per_core` or tiles of different
/// settings.
void verify_tiles(const Program& program, const ChipParameters& chip);

}  // namespace mho::hw
