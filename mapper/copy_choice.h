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

/// How many copies of a matrix there are: one, so many, or as many as shorten the interval most.
struct CopyChoice {
  enum class Kind { none, automatic, count } kind = Kind::none;
  int count = 1;
};

/// Gives every matrix its copies and the positions that each serves in turn, and numbers the tiles of the Layout anew. `own` by name of the matrix,
/// `standard` for the others. With `rows` a copy of a convolution serves a whole row of its output at a time, so that it needs only the rows of the
/// input under it; else single positions. Automatic ones have the shortest interval that all tiles of the chip allow (fastest_copies). A matrix has
/// at most as many copies as turns; one whose steps wait for each other, and one that several nodes share, has a single copy.
void assign_copies(workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const CopyChoice& standard,
                   const std::map<std::string, CopyChoice>& own, bool rows);

/// Whether more than one copy of a matrix would be of no use, since nodes share it or its steps wait for each other.
bool steps_in_turn(const workloads::Network& network, const std::string& matrix);

/// What every matrix asks of the tiles, in the order of matrix_demands(): a position of a demand is a turn, as assign_copies() has it.
std::vector<LayerDemand> turn_demands(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, bool rows);

/// The fewest tiles with which automatic copies of every matrix have an interval at most `share` of that on this chip; empty where no number does.
std::optional<std::int64_t> tiles_for_shorter(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, bool rows, double share);

}  // namespace mho::mapper
