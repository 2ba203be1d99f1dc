#pragma once

#include <cstdint>
#include <vector>

#include "hw/spec/parameters.h"
#include "mapper/lowering/lowering.h"
#include "mapper/placement/region.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// snake: along a snake over the whole mesh. compact: along a snake over the rectangle of the mesh with the least traffic. annealed: compact, then
/// simulated annealing of the traffic.
enum class Placement { snake, compact, annealed };

struct PlacementChoice {
  Placement placement = Placement::compact;
  std::uint64_t seed = 1;  ///< seed of the annealing
  /// Sources and sinks whose cores are already set, ascending: ends of links to other chips.
  std::vector<int> fixed{};
};

/// Chooses the core of every stage. Tiles are placed in order along the snake, as few per core as the number of cores permits; tiles of a core have
/// the same settings and fit into its input buffer. A digital stage gets a core near its producers with space in the buffer and little other work.
/// Sources and sinks get ports. With several chips, the network is divided first, see chip_cuts.h. Throws UserError (does_not_fit) that names what is
/// missing.
void place(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const PlacementChoice& choice);

/// Chooses only the ports of sources and sinks; other stages have their cores.
void place_ends(hw::Program& program, const hw::ChipParameters& chip);

}  // namespace mho::mapper
