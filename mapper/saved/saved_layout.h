#pragma once

#include "mapper/saved/saved_mapping.h"
#include "workloads/execution/tiled_network.h"

namespace mho::mapper {

/// Lays the matrices onto tiles as the mapping says. Takes nothing for granted: every weight must lie in exactly one block of each copy, blocks of a
/// matrix must divide inputs and outputs at the same places in all copies, fit their tiles and hold weights, every copy must serve a position, and
/// matrices whose steps wait for each other, or that nodes share, have one; blocks that share a tile must lie on it, on one core and not on each
/// other. Throws UserError with file, line and key. Tiles are numbered in the order of their first blocks: matrix by matrix, copy by copy, along the
/// inputs first. Inputs are at full scale then.
void apply_layout(const SavedMapping& saved, workloads::TiledNetwork& tiled);

/// The blocks of a Layout that apply_layout() made, in its order: matrix by matrix, as tiles::MatrixLayout::block counts.
std::vector<const SavedBlock*> blocks_in_order(const SavedMapping& saved, const tiles::Layout& layout);

}  // namespace mho::mapper
