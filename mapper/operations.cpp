#include "mapper/operations.h"

#include <algorithm>

#include "workloads/digital_execution.h"

namespace mho::mapper {

using workloads::Operator;

std::vector<int> activations(const workloads::Network& network, const workloads::Node& node) {
  std::vector<int> list;
  std::ranges::copy_if(node.inputs, std::back_inserter(list), [&](int value) { return !network.values[static_cast<std::size_t>(value)].constant; });
  return list;
}

bool rearranges(const workloads::Node& node) { return workloads::is_view(node) || node.op == Operator::transpose; }

bool is_unary(const workloads::Network& network, const workloads::Node& node) {
  switch (node.op) {
    case Operator::relu:
    case Operator::sigmoid:
    case Operator::tanh:
    case Operator::clip:
    case Operator::batch_normalization:
      return true;
    case Operator::add:
    case Operator::sub:
    case Operator::mul:
    case Operator::div: {
      const auto inputs = activations(network, node);
      // A constant that widens the tensor makes more elements than came in.
      return inputs.size() == 1 &&
             network.values[static_cast<std::size_t>(inputs[0])].shape == network.values[static_cast<std::size_t>(node.output)].shape;
    }
    default:
      return false;
  }
}

std::int64_t operations_per_element(const workloads::Network& network, const workloads::Node& node) {
  // Polynomials of degree 6 and a division or two, as the digital operators compute them; counted in multiply-adds.
  constexpr std::int64_t exponential = 8;
  const auto input_elements = [&] {
    const auto inputs = activations(network, node);
    return inputs.empty() ? 0 : workloads::element_count(network.values[static_cast<std::size_t>(inputs[0])].shape);
  };
  const std::int64_t output_elements =
      std::max<std::int64_t>(1, workloads::element_count(network.values[static_cast<std::size_t>(node.output)].shape));
  switch (node.op) {
    case Operator::sigmoid:
    case Operator::tanh:
      return exponential + 2;  // exponential, addition, division
    case Operator::softmax:
      return exponential + 3;  // maximum, exponential, sum, division
    case Operator::batch_normalization:
    case Operator::clip:
      return 2;  // scale and shift; two comparisons
    case Operator::max_pool:
      return static_cast<std::int64_t>(node.window.kernel[0]) * node.window.kernel[1];
    case Operator::average_pool:
      return static_cast<std::int64_t>(node.window.kernel[0]) * node.window.kernel[1] + 1;
    case Operator::global_average_pool:
    case Operator::reduce_mean:
      return (input_elements() + output_elements - 1) / output_elements + 1;
    case Operator::matmul: {
      const auto& shape = network.values[static_cast<std::size_t>(node.inputs.at(0))].shape;
      return shape.empty() ? 1 : std::max<std::int64_t>(1, shape.back());
    }
    default:
      return 1;
  }
}

}  // namespace mho::mapper
