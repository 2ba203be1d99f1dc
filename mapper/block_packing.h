#pragma once

#include "hw/spec/parameters.h"
#include "workloads/execution/tiled_network.h"

namespace mho::mapper {

/// How blocks of matrices share tiles.
struct PackingChoice {
  enum class Kind {
    none,       ///< each has a tile of its own
    diagonal,   ///< as few tiles as can be, no two blocks of a tile with a row or a column in common
    rectangle,  ///< as few tiles as can be, no two blocks of a tile with a cell in common
    automatic   ///< rectangles, only blocks that together work no longer than the busiest one alone, or as short as the chip has tiles for
  } kind = Kind::none;
  enum class Split {
    even,      ///< parts of a matrix larger than a tile are of as equal size as possible
    filling,   ///< they fill tiles, the last has the rest
    automatic  ///< whichever takes fewer tiles; of the same number the first
  } split = Split::automatic;
};

/// Cuts the matrices as `choice` says and gives their blocks, those of all copies, places on tiles. Block-diagonal matrices are cut between groups.
/// Inputs are at full scale then. Blocks on tiles of different settings do not go together, nor do copies of a matrix. Where blocks have tiles of
/// their own and nothing is to fill them, the Layout stays as it is.
void pack_blocks(workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const PackingChoice& choice);

/// How many tiles blocks take, and what no arrangement of these blocks undercuts.
struct PackedTiles {
  int blocks = 0, tiles = 0;
  int least_diagonal = 0, least_rectangle = 0;
};
PackedTiles packed_tiles(const workloads::TiledNetwork& tiled);

}  // namespace mho::mapper
