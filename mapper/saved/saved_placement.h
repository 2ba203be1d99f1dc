#pragma once

#include "hw/spec/parameters.h"
#include "mapper/lowering/lowered.h"
#include "mapper/saved/saved_mapping.h"
#include "tiles/layout.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// Sets the cores of stages and the capacities of edges of a lowered program from the mapping. `layout`: made by apply_layout(). Stages that are not
/// listed are placed by the mapper; edges that are not listed get the smallest capacity without deadlock and `slack` positions. Throws UserError with
/// file, line and key for unknown names, cores of the wrong kind or with too many tiles, capacities below the widest window, and buffers larger than
/// those of a core (does_not_fit); and as hw::verify, which checks the final program.
void place_saved(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const SavedMapping& saved,
                 const tiles::Layout& layout, int slack);

/// StageLimits::divided for lower(). Throws UserError for nodes that are listed twice or are not in the network.
std::map<std::string, int> wanted_divisions(const SavedMapping& saved, const workloads::Network& network);
/// Throws UserError if `made` differs from the wanted number of stages of a node.
void check_divisions(const SavedMapping& saved, const std::map<std::string, int>& made);

}  // namespace mho::mapper
