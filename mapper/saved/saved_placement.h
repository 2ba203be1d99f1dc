#pragma once

#include "hw/spec/parameters.h"
#include "mapper/lowering/lowered.h"
#include "mapper/saved/saved_mapping.h"
#include "tiles/layout.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// Gives the stages and edges of a lowered program the cores and capacities of the mapping; `layout` is that of apply_layout(). Stages that are not
/// listed go where the mapper puts them, edges get the least capacity with which nothing stands still and `slack` positions more. Throws UserError
/// with file, line and key for names that the program has not, cores of another kind or with too many tiles, capacities below the widest window,
/// buffers beyond those of a core (does_not_fit), and as hw::verify, which sees the program at the end.
void place_saved(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const SavedMapping& saved,
                 const tiles::Layout& layout, int slack);

/// What lower() is to divide. Throws UserError for nodes that are listed twice or that the network has not.
std::map<std::string, int> wanted_divisions(const SavedMapping& saved, const workloads::Network& network);
/// Throws UserError where `made` has not as many stages of a node as were wanted.
void check_divisions(const SavedMapping& saved, const std::map<std::string, int>& made);

}  // namespace mho::mapper
