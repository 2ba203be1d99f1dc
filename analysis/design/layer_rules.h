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

/// Settings of one layer by the rules of a design: whether it is digital (empty: no rule), and "key=value" in order; later ones take precedence.
struct OwnSettings {
  std::optional<bool> digital;
  std::vector<std::string> set;
};
/// Settings by index of the node in `network`.
std::map<std::size_t, OwnSettings> own_settings(const Design& design, const workloads::Network& network);

/// Applies the design's rules to `network`; later rules take precedence. Marks matrices as digital and returns the tile parameters of the others.
/// Throws UserError for a rule that matches no layer, or that has settings for digital layers only.
tiles::LayerTiles apply_layer_rules(const Design& design, workloads::Network& network);
/// Copies by name of the matrix, for layers with a rule that has settings. If these settings contain no mapper.copies, the copies are the design's.
std::map<std::string, mapper::CopyChoice> layer_copies(const Design& design, const workloads::Network& network);

}  // namespace mho::analysis
