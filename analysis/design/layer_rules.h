#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "tiles/layer_tiles.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

/// What the rules of a design give one layer: whether it is digital, empty where no rule says so, and "key=value", the later ones winning.
struct OwnSettings {
  std::optional<bool> digital;
  std::vector<std::string> set;
};
/// By node of `network`.
std::map<std::size_t, OwnSettings> own_settings(const Design& design, const workloads::Network& network);

/// Gives every layer of `network` what the design's rules say, later ones over earlier ones: marks matrices as digital, and answers the tiles of the
/// others. Throws UserError for a rule that no layer matches.
tiles::LayerTiles apply_layer_rules(const Design& design, workloads::Network& network);
/// The copies that rules give matrices, by name; of the others the design's.
std::map<std::string, mapper::CopyChoice> layer_copies(const Design& design, const workloads::Network& network);

}  // namespace mho::analysis
