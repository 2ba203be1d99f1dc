#include "mapper/lowering/operations.h"

#include <algorithm>
#include <iterator>
#include <variant>

#include "workloads/graph/operator.h"

namespace mho::mapper {

std::vector<int> activations(const workloads::Network& network, const workloads::Node& node) {
  std::vector<int> list;
  std::ranges::copy_if(node.inputs, std::back_inserter(list), [&](int value) { return !network.values[static_cast<std::size_t>(value)].constant; });
  return list;
}

bool multiplies_activations(const workloads::Network& network, const workloads::Node& node) {
  return node.op->multiplies_activations && activations(network, node).size() == 2;
}

bool rearranges(const workloads::Node& node) { return node.op->view || std::holds_alternative<workloads::Permutation>(node.attributes); }

bool is_unary(const workloads::Network& network, const workloads::Node& node) {
  if (node.op->elementwise != workloads::Elementwise::binary) return node.op->elementwise == workloads::Elementwise::unary;
  // The other operand is a constant. A constant that broadcasts the tensor would make more elements than its input has.
  const auto inputs = activations(network, node);
  return inputs.size() == 1 &&
         network.values[static_cast<std::size_t>(inputs[0])].shape == network.values[static_cast<std::size_t>(node.output)].shape;
}

std::int64_t operand_elements(const workloads::Network& network, const workloads::Node& node, int channels) {
  if (!multiplies_activations(network, node)) return 0;
  const auto& first = network.values[static_cast<std::size_t>(node.inputs.at(0))].shape;
  const auto& second = network.values[static_cast<std::size_t>(node.inputs.at(1))].shape;
  if (first.empty() || second.empty()) return 0;
  const std::int64_t depth = std::max<std::int64_t>(1, first.back());
  const std::int64_t width = second.size() < 2 ? 1 : std::max<std::int64_t>(1, second.back());
  const std::int64_t rows = std::max<std::int64_t>(1, channels / width);
  return rows * (depth + depth * width);
}

std::int64_t operations_per_element(const workloads::Network& network, const workloads::Node& node) {
  return node.op->count != nullptr ? node.op->count(network, node) : node.op->operations;
}

}  // namespace mho::mapper
