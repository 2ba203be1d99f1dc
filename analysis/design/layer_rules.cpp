#include "analysis/design/layer_rules.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "workloads/graph/adapters.h"

namespace mho::analysis {

namespace {

/// Nodes with trained weights, in the order of the network.
std::vector<const workloads::Node*> layers_of(const workloads::Network& network) {
  std::vector<const workloads::Node*> layers;
  for (const auto& node : network.nodes) {
    if (node.on_tiles()) layers.push_back(&node);
  }
  return layers;
}

bool matches(const LayerRule& rule, const std::vector<const workloads::Node*>& layers, std::size_t index) {
  // Adapters do not count as layers.
  const auto is_layer = [](const workloads::Node* node) { return !workloads::is_adapter(node->name); };
  if (rule.match == "first") return std::ranges::find_if(layers, is_layer) - layers.begin() == static_cast<std::ptrdiff_t>(index);
  if (rule.match == "last")
    return is_layer(layers[index]) && std::none_of(layers.begin() + static_cast<std::ptrdiff_t>(index) + 1, layers.end(), is_layer);
  const std::string& name = layers[index]->name;
  return name == rule.match || fnmatch(rule.match.c_str(), name.c_str(), 0) == 0;
}

}  // namespace

std::map<std::size_t, OwnSettings> own_settings(const Design& design, const workloads::Network& network) {
  const auto layers = layers_of(network);
  std::map<std::size_t, OwnSettings> settings;
  for (const LayerRule& rule : design.layers) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (!matches(rule, layers, i)) continue;
      OwnSettings& own = settings[static_cast<std::size_t>(layers[i] - network.nodes.data())];
      if (rule.digital) own.digital = rule.digital;
      own.set.insert(own.set.end(), rule.set.begin(), rule.set.end());
    }
  }
  return settings;
}

tiles::LayerTiles apply_layer_rules(const Design& design, workloads::Network& network) {
  tiles::LayerTiles tiles(design.tile);
  const auto layers = layers_of(network);
  std::map<int, std::vector<const LayerRule*>> rules;  // rules with settings, by matrix
  for (const LayerRule& rule : design.layers) {
    bool used = false;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (!matches(rule, layers, i)) continue;
      used = true;
      for (const int matrix : layers[i]->matrices) {
        if (rule.digital) network.matrices[static_cast<std::size_t>(matrix)].digital = *rule.digital;
        if (!rule.set.empty()) rules[matrix].push_back(&rule);
      }
    }
    if (used) continue;
    std::string names;
    for (const auto* layer : layers) names += (names.empty() ? "" : ", ") + layer->name;
    throw base::UserError(
        fmt::format("{}: no layer with weights is called '{}'; there are {}. A name may hold * and ?; 'first' and 'last' are legal too",
                    rule.origin.text(), rule.match, names));
  }
  std::set<const LayerRule*> useful;
  for (const auto& [matrix, of_matrix] : rules) {
    const workloads::Matrix& own = network.matrices[static_cast<std::size_t>(matrix)];
    if (std::ranges::any_of(of_matrix, &LayerRule::sets_tile)) tiles.set(own.name, tile_with(design, of_matrix));
    if (!own.digital) useful.insert(of_matrix.begin(), of_matrix.end());
  }
  for (std::size_t i = 0; i < design.layers.size(); ++i) {
    const LayerRule& rule = design.layers[i];
    if (rule.set.empty() || useful.contains(&rule)) continue;
    // A rule that a later `digital: true` can override is accepted.
    const bool overruled = std::any_of(design.layers.begin() + static_cast<std::ptrdiff_t>(i), design.layers.end(),
                                       [](const LayerRule& later) { return later.digital == true; });
    if (overruled) continue;
    throw base::UserError(fmt::format("{}: every layer that '{}' matches is digital, so settings of tiles change nothing there; leave the rule out",
                                      rule.origin.text(), rule.match));
  }
  return tiles;
}

std::map<std::string, mapper::CopyChoice> layer_copies(const Design& design, const workloads::Network& network) {
  const auto layers = layers_of(network);
  std::map<std::string, std::vector<const LayerRule*>> rules;  // by matrix
  for (const LayerRule& rule : design.layers) {
    for (std::size_t i = 0; i < layers.size() && !rule.set.empty(); ++i) {
      if (!matches(rule, layers, i)) continue;
      for (const int matrix : layers[i]->matrices) rules[network.matrices[static_cast<std::size_t>(matrix)].name].push_back(&rule);
    }
  }
  std::map<std::string, mapper::CopyChoice> copies;
  for (const auto& [matrix, of_matrix] : rules) copies[matrix] = copies_with(design, of_matrix);
  return copies;
}

}  // namespace mho::analysis
