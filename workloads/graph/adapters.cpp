#include "workloads/graph/adapters.h"

#include <algorithm>

namespace mho::workloads {

namespace {

constexpr std::string_view suffix_down = ".adapter.down", suffix_up = ".adapter.up";

/// The node that adds an adapter to the output of node `index`; `index` if there is none.
std::size_t with_its_adapter(const Network& network, std::size_t index) {
  const int made = network.nodes[index].output;
  const auto comes_from_adapter = [&](int value) {
    return std::ranges::any_of(network.nodes, [&](const Node& node) { return node.output == value && is_adapter(node.name); });
  };
  for (std::size_t n = index + 1; n < network.nodes.size(); ++n) {
    const std::vector<int>& in = network.nodes[n].inputs;
    if (in.size() != 2 || network.nodes[n].on_tiles()) continue;
    if ((in[0] == made && comes_from_adapter(in[1])) || (in[1] == made && comes_from_adapter(in[0]))) return n;
  }
  return index;
}

}  // namespace

std::string adapter_name(const std::string& layer, AdapterPart part) {
  return layer + std::string(part == AdapterPart::down ? suffix_down : suffix_up);
}

bool is_adapter(std::string_view name) { return name.ends_with(suffix_down) || name.ends_with(suffix_up); }

std::vector<std::size_t> hidden_layers(const Network& network) {
  std::vector<std::size_t> layers;
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    if (network.nodes[n].on_tiles() && !is_adapter(network.nodes[n].name)) layers.push_back(n);
  }
  if (!layers.empty()) layers.pop_back();
  for (std::size_t& layer : layers) layer = with_its_adapter(network, layer);
  std::ranges::sort(layers);
  return layers;
}

}  // namespace mho::workloads
