#pragma once

#include <vector>

#include "analysis/design/design.h"
#include "hw/program/program.h"
#include "mapper/lowering/tile_placement.h"

namespace mho::analysis {

/// What it takes once to give all devices of a network their conductances, before the first inference.
struct OneTimeProgramming {
  double devices = 0;
  double joule = 0;
  /// Cores program side by side, the tiles of one core one after the other.
  double seconds = 0;
};

/// Of weights that stay where they are; `placements` as the mapping lists them. Blocks on tiles with settings of a layer take those.
OneTimeProgramming one_time_programming(const Design& design, const hw::Program& program, const std::vector<mapper::TilePlacement>& placements);

}  // namespace mho::analysis
