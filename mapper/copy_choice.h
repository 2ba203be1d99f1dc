#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hw/spec/parameters.h"
#include "mapper/placement/copies.h"
#include "workloads/execution/tiled_network.h"

namespace mho::mapper {

/// Number of copies of a matrix: one (none), the number with the shortest interval (automatic), or `count`.
struct CopyChoice {
  enum class Kind { none, automatic, count } kind = Kind::none;
  int count = 1;
};

/// Sets the copies of every matrix and their turns (positions that a copy serves in succession), and renumbers the tiles of the Layout. `own`:
/// choices by name of the matrix; `standard`: for the others. `rows`: a copy of a convolution serves a whole row of the output at a time, so that it
/// needs only the input rows under it; else single positions. Automatic copies have the shortest interval for the tiles of the chip (fastest_copies);
/// without enough tiles, one copy each. A matrix has at most as many copies as turns. Matrices of recurrent nodes and matrices that several nodes
/// share have one copy.
void assign_copies(workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const CopyChoice& standard,
                   const std::map<std::string, CopyChoice>& own, bool rows);

/// Whether a matrix has one copy only, because several nodes share it or a recurrent node uses it.
bool steps_in_turn(const workloads::Network& network, const std::string& matrix);

/// The demands of matrix_demands() counted in turns, as assign_copies() uses them: `positions` are turns, `tile_time_s` is the time of a turn.
std::vector<LayerDemand> turn_demands(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, bool rows);

/// The fewest tiles for which automatic copies of every matrix reach `share` of their interval on this chip; empty if no number of tiles does.
std::optional<std::int64_t> tiles_for_shorter(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, bool rows, double share);

}  // namespace mho::mapper
