#include "mapper/lowering/attention.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/index.h"
#include "mapper/lowering/operations.h"
#include "workloads/graph/operator.h"

namespace mho::mapper {

namespace {

using base::index;
using workloads::Network;
using workloads::Node;

/// Whether the output of a node is several copies of its single activation: keys or values that heads share.
bool repeats(const Network& network, const Node& node) {
  const std::vector<int> inputs = activations(network, node);
  if (inputs.empty() || std::ranges::any_of(inputs, [&](int value) { return value != inputs.front(); })) return false;
  const auto elements = [&](int value) { return workloads::element_count(network.values[index(value)].shape); };
  const std::int64_t before = elements(inputs.front()), after = elements(node.output);
  if (after < 2 * before || after % before != 0) return false;
  return node.op->repeats != nullptr && node.op->repeats(network, node);
}

/// Edges of input `input` of a stage, each content once; -1: of all inputs.
std::vector<int> edges_into(const Lowered& lowered, int stage, int input) {
  std::vector<int> list;
  std::set<std::tuple<int, int, std::int64_t>> known;
  const auto& edges = lowered.program.edges;
  for (std::size_t e = 0; e < edges.size(); ++e) {
    if (edges[e].consumer != stage || (input >= 0 && lowered.dataflow->edges[e].input != input)) continue;
    if (known.emplace(edges[e].producer, edges[e].content, edges[e].bits_per_position).second) list.push_back(static_cast<int>(e));
  }
  return list;
}

/// Replaces edges from stages that only repeat their input by the edges into these stages.
std::vector<int> before_repeats(const Network& network, const Lowered& lowered, std::vector<int> edges) {
  while (!edges.empty()) {
    const int stage = lowered.program.edges[index(edges.front())].producer;
    const StageOperation& task = lowered.dataflow->stages[index(stage)];
    const bool only = edges.size() == 1 && task.kind == StageOperation::Kind::node && task.fused.empty();
    if (!only || !repeats(network, network.nodes[index(task.node)])) break;
    edges = edges_into(lowered, stage, -1);
  }
  return edges;
}

/// By value: whether its last axis is the tokens of a second operand.
std::vector<bool> values_over_tokens(const Network& network, int tokens) {
  std::vector<bool> over(network.values.size());
  for (const Node& node : network.nodes) {
    const workloads::Shape& shape = network.values[index(node.output)].shape;
    const bool reads = std::ranges::any_of(node.inputs, [&](int value) { return over[index(value)]; });
    const bool made = multiplies_activations(network, node) ? !over[index(node.inputs.at(0))] : reads;
    over[index(node.output)] = made && !node.on_tiles() && !shape.empty() && shape.back() == tokens;
  }
  return over;
}

}  // namespace

Attention find_attention(const Network& network, const Lowered& lowered, int tokens) {
  const std::vector<bool> over = values_over_tokens(network, tokens);
  const hw::Program& program = lowered.program;
  Attention attention;
  attention.over_tokens.resize(program.stages.size());
  attention.from_tokens.resize(program.stages.size());
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const StageOperation& task = lowered.dataflow->stages[s];
    if (task.node < 0) continue;
    const Node& node = network.nodes[index(task.node)];
    attention.over_tokens[s] = over[index(node.output)];
    if (task.kind != StageOperation::Kind::node || !multiplies_activations(network, node)) {
      const bool reads = std::ranges::any_of(node.inputs, [&](int value) { return over[index(value)]; });
      attention.from_tokens[s] = reads && !attention.over_tokens[s];
      continue;
    }
    const auto stage = static_cast<int>(s);
    attention.products.push_back({stage, before_repeats(network, lowered, edges_into(lowered, stage, 1)), over[index(node.output)]});
  }
  return attention;
}

}  // namespace mho::mapper
