#pragma once

#include "hw/spec/parameters.h"
#include "workloads/execution/tiled_network.h"

namespace mho::mapper {

/// How blocks of matrices share tiles, and how matrices are split into blocks. If all tiles have block selectors, automatic packing is diagonal where
/// that needs no more tiles.
struct PackingChoice {
  enum class Kind {
    none,       ///< each block has its own tile
    diagonal,   ///< few tiles; blocks of a tile have no row or column in common
    rectangle,  ///< few tiles; blocks of a tile have no cell in common
    automatic   ///< rectangles with no tile busier than the busiest block alone, or as close to that as the tiles of the chip permit
  } kind = Kind::none;
  enum class Split {
    even,      ///< a matrix larger than a tile is split into parts of nearly equal size
    filling,   ///< parts fill tiles; the last part has the rest
    automatic  ///< the split with fewer tiles; even parts if the numbers are equal
  } split = Split::automatic;
};

/// Splits the matrices as in `choice` and assigns places on tiles to the blocks of all copies. Block-diagonal matrices are split between groups.
/// Blocks of different tile settings never share a tile. Copies of a matrix share one only in a diagonal packing with block selectors. Resets the
/// calibration to full-scale inputs. Without packing and with a split other than `filling`, nothing changes.
void pack_blocks(workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const PackingChoice& choice);

/// The numbers of blocks and of tiles that they use, and lower bounds of the tiles for both arrangements of these blocks.
struct PackedTiles {
  int blocks = 0, tiles = 0;
  int least_diagonal = 0, least_rectangle = 0;
};
PackedTiles packed_tiles(const workloads::TiledNetwork& tiled);

}  // namespace mho::mapper
