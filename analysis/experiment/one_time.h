#pragma once

#include <vector>

#include "analysis/design/design.h"
#include "hw/program/program.h"
#include "mapper/lowering/tile_placement.h"

namespace mho::analysis {

/// Effort of programming all devices of a network once, before the first inference.
struct OneTimeProgramming {
  double devices = 0;
  double joule = 0;
  /// Duration: cores program in parallel, tiles of one core one after the other.
  double seconds = 0;
};

/// For weights that are not reloaded; `placements` as listed by the mapping. Blocks on tiles with settings of a layer use those settings.
OneTimeProgramming one_time_programming(const Design& design, const hw::Program& program, const std::vector<mapper::TilePlacement>& placements);

}  // namespace mho::analysis
