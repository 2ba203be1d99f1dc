#include "mapper/lowering/operations.h"

#include <algorithm>
#include <bit>

#include "workloads/execution/digital_execution.h"

namespace mho::mapper {

using workloads::Operator;

std::vector<int> activations(const workloads::Network& network, const workloads::Node& node) {
  std::vector<int> list;
  std::ranges::copy_if(node.inputs, std::back_inserter(list), [&](int value) { return !network.values[static_cast<std::size_t>(value)].constant; });
  return list;
}

bool rearranges(const workloads::Node& node) { return workloads::is_view(node) || node.op == Operator::transpose; }

bool is_unary(const workloads::Network& network, const workloads::Node& node) {
  if (workloads::is_binary(node.op)) {
    // With a constant; one that widens the tensor makes more elements than came in.
    const auto inputs = activations(network, node);
    return inputs.size() == 1 &&
           network.values[static_cast<std::size_t>(inputs[0])].shape == network.values[static_cast<std::size_t>(node.output)].shape;
  }
  switch (node.op) {
    case Operator::relu:
    case Operator::sigmoid:
    case Operator::tanh:
    case Operator::clip:
    case Operator::function:
    case Operator::batch_normalization:
      return true;
    default:
      return false;
  }
}

namespace {

/// Polynomials of degree 6 and a division or two, as the digital operators compute them; counted in multiply-adds.
constexpr std::int64_t exponential = 8;

std::int64_t function_operations(periphery::digital::Function function) {
  using periphery::digital::Function;
  switch (function) {
    case Function::abs:
    case Function::negative:
    case Function::negation:
    case Function::floor:
    case Function::ceil:
    case Function::round:
    case Function::truncate:
    case Function::truth:
    case Function::thresholded_relu:
    case Function::relu:
      return 1;
    case Function::affine:
    case Function::sign:
    case Function::leaky_relu:
    case Function::square_root:
    case Function::reciprocal:
      return 2;
    case Function::softsign:
    case Function::hard_sigmoid:
    case Function::hard_swish:
      return 4;
    case Function::exponential:
    case Function::logarithm:
      return exponential;
    case Function::sigmoid:
    case Function::tanh:
      return exponential + 2;
    case Function::scaled_tanh:
    case Function::sine:
    case Function::cosine:
    case Function::celu:
    case Function::elu:
    case Function::selu:
    case Function::erf:
    case Function::gelu:
    case Function::gelu_tanh:
      return exponential + 4;
    case Function::softplus:
      return 2 * exponential;
    case Function::mish:
      return 3 * exponential;
  }
  return exponential;
}

}  // namespace

std::int64_t operand_elements(const workloads::Network& network, const workloads::Node& node, int channels) {
  if (node.op != Operator::matmul || activations(network, node).size() != 2) return 0;
  const auto& first = network.values[static_cast<std::size_t>(node.inputs.at(0))].shape;
  const auto& second = network.values[static_cast<std::size_t>(node.inputs.at(1))].shape;
  if (first.empty() || second.empty()) return 0;
  const std::int64_t depth = std::max<std::int64_t>(1, first.back());
  const std::int64_t width = second.size() < 2 ? 1 : std::max<std::int64_t>(1, second.back());
  const std::int64_t rows = std::max<std::int64_t>(1, channels / width);
  return rows * (depth + depth * width);
}

std::int64_t operations_per_element(const workloads::Network& network, const workloads::Node& node) {
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
    case Operator::function:
      return function_operations(node.function);
    case Operator::modulo:
    case Operator::remainder:
      return 3;  // division, product, difference
    case Operator::power:
      return 2 * exponential;  // logarithm, product, exponential
    case Operator::layer_normalization:
    case Operator::instance_normalization:
      return 6;  // sum, square of the difference, sum; difference, scale, shift
    case Operator::log_softmax:
    case Operator::softmax:
      return exponential + 3;  // maximum, exponential, sum, division
    case Operator::lstm:
      return 5 * (exponential + 2) + 4 + 4;  // activations; sums with the recurrent products; the cell and the state. Of one hidden unit
    case Operator::gru:
      return 3 * (exponential + 2) + 3 + 5;
    case Operator::rnn:
      return exponential + 3;
    case Operator::batch_normalization:
    case Operator::clip:
      return 2;  // scale and shift; two comparisons
    case Operator::overlap_add:
      return (input_elements() + output_elements - 1) / output_elements;
    case Operator::max_pool:
      return static_cast<std::int64_t>(node.window.kernel[0]) * node.window.kernel[1];
    case Operator::average_pool:
      return static_cast<std::int64_t>(node.window.kernel[0]) * node.window.kernel[1] + 1;
    case Operator::reduce:
      if (node.reduction == periphery::digital::Reduction::log_sum_of_exponentials) {
        return (exponential + 2) * ((input_elements() + output_elements - 1) / output_elements) + exponential;
      }
      [[fallthrough]];
    case Operator::global_pool:
      return (input_elements() + output_elements - 1) / output_elements + 1;
    case Operator::cumulative_sum:
    case Operator::hardmax:
      return 1;
    case Operator::extreme_index:
    case Operator::top_k:
    case Operator::top_k_indices: {
      // One comparison for each element it looks at; a sorted list of k costs log2 k of them.
      const std::int64_t looks = (input_elements() + output_elements - 1) / output_elements;
      return looks * std::bit_width(static_cast<std::uint64_t>(
                         node.op == Operator::extreme_index
                             ? 1
                             : network.values[static_cast<std::size_t>(node.output)].shape[static_cast<std::size_t>(node.axis)]));
    }
    case Operator::interpolate: {
      const auto& shape = network.values[static_cast<std::size_t>(node.output)].shape;
      return static_cast<std::int64_t>(node.axes.size()) / shape[static_cast<std::size_t>(node.axis)];  // a product for each tap
    }
    case Operator::local_response:
      return node.axes[0] + 2 * exponential + 2;  // squares of the neighbours, power, division
    case Operator::matmul: {
      const auto& shape = network.values[static_cast<std::size_t>(node.inputs.at(0))].shape;
      return shape.empty() ? 1 : std::max<std::int64_t>(1, shape.back());
    }
    default:
      return 1;
  }
}

}  // namespace mho::mapper
