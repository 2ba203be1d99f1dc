#pragma once

#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::hw {

/// The rules for what lies on the tiles of analog cores: matrices on one tile do not overlap, reach beyond it or differ in settings; stages at one
/// place have one matrix; a core has no more tiles than the chip gives it, all of the same settings. Throws UserError as verify() does, whose part it
/// is.
void verify_tiles(const Program& program, const ChipParameters& chip);

}  // namespace mho::hw
