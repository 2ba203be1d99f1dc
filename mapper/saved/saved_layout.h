#pragma once

#include "mapper/saved/saved_mapping.h"
#include "workloads/execution/tiled_network.h"

namespace mho::mapper {

/// Sets the Layout of the network from a saved mapping, and full-scale inputs. Throws UserError with file, line and key if the mapping is
/// inconsistent: every weight must be in exactly one block of each copy; blocks must split inputs and outputs at the same places in all copies, fit
/// their tiles and hold weights; every copy must serve a position; matrices of recurrent nodes, or of several nodes, have one copy; blocks that share
/// a tile must fit on it without overlap, on one core and with equal settings. Tiles are numbered in the order of their first blocks: matrix by
/// matrix, copy by copy, along the inputs first.
void apply_layout(const SavedMapping& saved, workloads::TiledNetwork& tiled);

/// The saved blocks in the order of the Layout made by apply_layout(): matrix by matrix, numbered as in tiles::MatrixLayout::block.
std::vector<const SavedBlock*> blocks_in_order(const SavedMapping& saved, const tiles::Layout& layout);

}  // namespace mho::mapper
