#pragma once

#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "tiles/layer_tiles.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

/// Gives every layer of `network` what the design's rules say, later ones over earlier ones: marks matrices as digital, and answers the tiles of the
/// others. Throws UserError for a rule that no layer matches.
tiles::LayerTiles apply_layer_rules(const Design& design, workloads::Network& network);

}  // namespace mho::analysis
