#pragma once

#include <cstdint>
#include <vector>

#include "hw/spec/parameters.h"
#include "mapper/lowering/lowering.h"
#include "mapper/placement/region.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// Along a snake over the whole mesh, or over the rectangle of it with the least traffic; or from there on by simulated annealing of the traffic.
enum class Placement { snake, compact, annealed };

struct PlacementChoice {
  Placement placement = Placement::compact;
  std::uint64_t seed = 1;  ///< of the annealing
  /// Sources and sinks that stand where they are: what goes to and comes from other chips.
  std::vector<int> fixed{};
};

/// Chooses the core of every stage: tiles in order along the snake, as few on a core as the chip has cores for (those of a core have the same
/// settings and find room in its input buffer), each digital stage on a core near its producers that has buffer room and little other work, source
/// and sink at the port. Several chips: cuts the network first, see chip_cuts.h. Throws UserError (does_not_fit) naming what is missing.
void place(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const PlacementChoice& choice);

/// Chooses the ports of sources and sinks alone; everything else has its core.
void place_ends(hw::Program& program, const hw::ChipParameters& chip);

}  // namespace mho::mapper
