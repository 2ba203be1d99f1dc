#include "workloads/autograd/torch_network.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "workloads/autograd/digital_autograd.h"
#include "workloads/autograd/exact_product.h"
#include "workloads/autograd/gemm.h"
#include "workloads/graph/operator.h"

namespace mho::workloads {

namespace {

using torch::Tensor;

Tensor tensor_of(const std::vector<float>& values, const Shape& shape) {
  Tensor tensor = torch::empty(shape);
  std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
  return tensor;
}

/// The network without biases. Training adds the biases after the products.
Network without_biases(Network network) {
  for (Node& node : network.nodes) node.bias.clear();
  return network;
}

/// Whether only one axis is longer than 1: biases of products, gains of normalisations. Tables, masks and shapes are not vectors.
bool is_vector(const Shape& shape) {
  std::int64_t longest = 1;
  for (const std::int64_t length : shape) longest = std::max(longest, length);
  return longest > 1 && element_count(shape) == longest;
}

}  // namespace

TorchNetwork::TorchNetwork(const Network& network) : network_(without_biases(network)), execution_(network_), step_{network_, execution_, matrices_} {
  for (const Matrix& matrix : network.matrices) {
    TrainedMatrix& trained = matrices_.emplace_back();
    trained.groups = matrix.groups;
    trained.weight = tensor_of(matrix.weights, {matrix.outputs, matrix.inputs}).set_requires_grad(true);
  }
  bias_.resize(network.nodes.size());
  candidate_bias_.resize(network.nodes.size());
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    const Node& node = network.nodes[n];
    if (!node.bias.empty()) bias_[n] = tensor_of(node.bias, {static_cast<std::int64_t>(node.bias.size())});
    if (node.recurrence() == nullptr || node.recurrence()->candidate_bias.empty()) continue;
    const auto& candidate = node.recurrence()->candidate_bias;
    candidate_bias_[n] = tensor_of(candidate, {static_cast<std::int64_t>(candidate.size())});
  }
  for (const ValueInfo& value : network.values) constants_.push_back(value.constant ? tensor_of(value.data, value.shape) : Tensor());
  collect_parameters();
}

TorchNetwork::TorchNetwork(const TiledNetwork& tiled, std::uint64_t seed) : TorchNetwork(tiled.network) {
  for (std::size_t m = 0; m < matrices_.size(); ++m) {
    const Matrix& matrix = tiled.network.matrices[m];
    if (matrix.digital) continue;
    TrainedMatrix& trained = matrices_[m];
    const tiles::TileParameters& tile = tiled.tiles.of(matrix.name);
    const tiles::MatrixLayout& own = tiled.layout.of(matrix.name);
    trained.tiles = std::make_unique<tiles::TrainingMatrix>(tile, own, seed);
    const auto scales = tiles::mapped_scales(tile, own, matrix.weights);
    trained.scales = tensor_of(scales, {static_cast<std::int64_t>(scales.size())});
    trained.scale_squares = at::zeros_like(trained.scales);
    // Ranges that are set for each vector clip nothing and are not learned.
    constexpr float unlimited = std::numeric_limits<float>::infinity();
    trained.ranges = at::full({own.row_parts}, tile.input_range.is_static() ? 1.0F : unlimited);
    trained.parts.resize(static_cast<std::size_t>(own.row_parts));
    trained.part_inputs.resize(static_cast<std::size_t>(own.row_parts));
    for (const tiles::Block& block : own.blocks) {
      trained.part_inputs[static_cast<std::size_t>(block.row_part)] = {block.input_begin, block.input_end};
    }
    trained.effective = torch::from_blob(const_cast<float*>(trained.tiles->effective().data()), {matrix.outputs, matrix.inputs});
  }
}

void TorchNetwork::collect_parameters() {
  for (std::size_t m = 0; m < matrices_.size(); ++m) {
    parameters_.push_back({Parameter::Kind::weight, m, network_.matrices[m].name + ".weight", matrices_[m].weight});
  }
  for (std::size_t n = 0; n < network_.nodes.size(); ++n) {
    const Node& node = network_.nodes[n];
    const auto add = [&](Parameter::Kind kind, std::size_t index, const std::string& name, Tensor& tensor) {
      const bool known = std::ranges::any_of(parameters_, [&](const Parameter& p) { return p.kind == kind && p.index == index; });
      if (!tensor.defined() || known) return;
      tensor.set_requires_grad(true);
      parameters_.push_back({kind, index, name, tensor});
    };
    add(Parameter::Kind::bias, n, node.name + ".bias", bias_[n]);
    add(Parameter::Kind::candidate_bias, n, node.name + ".candidate_bias", candidate_bias_[n]);
    const bool activations = std::ranges::any_of(node.inputs, [&](int v) { return !network_.values[static_cast<std::size_t>(v)].constant; });
    for (std::size_t i = 0; activations && i < node.inputs.size(); ++i) {
      const auto v = static_cast<std::size_t>(node.inputs[i]);
      const ValueInfo& value = network_.values[v];
      if (!value.constant) continue;
      const bool trained =
          (node.op->trained == TrainedConstants::after_first && i > 0) || (node.op->trained == TrainedConstants::vectors && is_vector(value.shape));
      if (trained) add(Parameter::Kind::constant, v, value.name, constants_[v]);
    }
  }
}

void TorchNetwork::set_trainable(const std::function<bool(const Parameter&)>& wanted) {
  std::erase_if(parameters_, [&](Parameter& parameter) {
    if (wanted(parameter)) return false;
    parameter.tensor.set_requires_grad(false);
    return true;
  });
}

void TorchNetwork::begin_step(std::uint32_t number, const tiles::WeightNoise* noise, double level, double drop_connect, bool range_gradients,
                              int threads) {
  step_.range_gradients = range_gradients;
  step_.threads = threads;
  for (TrainedMatrix& matrix : matrices_) {
    if (!matrix.tiles) continue;
    std::ranges::fill(matrix.parts, InputStatistics{});
    const auto show = [](const Tensor& t) { return std::span<const float>(t.data_ptr<float>(), static_cast<std::size_t>(t.numel())); };
    matrix.tiles->begin_step(show(matrix.weight), show(matrix.scales), show(matrix.ranges), {number, level, drop_connect, noise}, threads);
  }
}

Tensor TorchNetwork::product(std::size_t node, const Tensor& x) {
  const auto matrix = static_cast<std::size_t>(network_.nodes[node].matrices[0]);
  if (matrices_[matrix].tiles) return analog_product(step_, node, x);
  return float_product(network_, node, matrices_[matrix].weight, x);
}

Tensor TorchNetwork::step_product(std::size_t node, std::size_t which, std::int64_t position, const Tensor& x) {
  const auto matrix = static_cast<std::size_t>(network_.nodes[node].matrices[which]);
  if (matrices_[matrix].tiles) return analog_step(step_, node, which, position, x);
  return linear_product(x, matrices_[matrix].weight);
}

Tensor TorchNetwork::forward(const Batch& batch, bool scores, const Hook& hook) {
  const std::int64_t count = batch.samples.size(0);
  std::vector<Tensor> values = constants_;
  const auto shaped = [&](int v) {
    std::vector<std::int64_t> shape{count};
    const Shape& own = network_.values[static_cast<std::size_t>(v)].shape;
    shape.insert(shape.end(), own.begin(), own.end());
    return shape;
  };
  values[static_cast<std::size_t>(network_.input)] = batch.samples.reshape(shaped(network_.input));
  if (network_.length_input >= 0) {
    constexpr float whole = 0x1p31F;  // more time steps than any tensor can hold
    values[static_cast<std::size_t>(network_.length_input)] =
        (batch.lengths.defined() ? batch.lengths : torch::full({count}, whole)).reshape(shaped(network_.length_input));
  }
  for (const CarriedState& state : network_.states) values[static_cast<std::size_t>(state.input)] = torch::zeros(shaped(state.input));
  for (std::size_t n = 0; n < network_.nodes.size(); ++n) {
    const Node& node = network_.nodes[n];
    std::vector<Tensor> inputs;
    for (const int in : node.inputs) inputs.push_back(values[static_cast<std::size_t>(in)]);
    Tensor y;
    if (node.recurrence() != nullptr) {
      y = recurrent(n, inputs, count);
    } else if (node.on_tiles()) {
      y = product(n, inputs[0]);
      if (bias_[n].defined()) {
        const std::int64_t axis = node.window() != nullptr ? 2 : node.product_axis() + 1;
        std::vector<std::int64_t> along(static_cast<std::size_t>(y.dim()), 1);
        along[static_cast<std::size_t>(axis)] = bias_[n].numel();
        y = y + bias_[n].view(along);
      }
    } else if (scores && node.output == network_.output && gives_probabilities(node)) {
      y = inputs[0];
    } else {
      y = digital_autograd(network_, node, inputs, count);
    }
    if (hook) y = hook(n, y);
    values[static_cast<std::size_t>(node.output)] = y;
  }
  return values[static_cast<std::size_t>(network_.output)];
}

Tensor TorchNetwork::recurrent(std::size_t n, const std::vector<Tensor>& inputs, std::int64_t batch) {
  const auto product = [&](std::size_t which, std::int64_t position, const Tensor& x) { return step_product(n, which, position, x); };
  return recurrent_autograd(network_, network_.nodes[n], inputs, batch, candidate_bias_[n], product);
}

std::vector<std::pair<std::string, Tensor>> TorchNetwork::state() const {
  std::vector<std::pair<std::string, Tensor>> named;
  for (std::size_t k = 0; k < parameters_.size(); ++k) named.emplace_back(fmt::format("parameter{}", k), parameters_[k].tensor);
  for (std::size_t m = 0; m < matrices_.size(); ++m) {
    const TrainedMatrix& matrix = matrices_[m];
    if (!matrix.tiles) continue;
    named.emplace_back(fmt::format("scales{}", m), matrix.scales);
    named.emplace_back(fmt::format("scale_squares{}", m), matrix.scale_squares);
    named.emplace_back(fmt::format("ranges{}", m), matrix.ranges);
  }
  return named;
}

void TorchNetwork::copy_into(Network& network) const {
  const auto copy = [](const Tensor& from, std::vector<float>& to) {
    const Tensor values = from.detach().contiguous();
    std::copy_n(values.data_ptr<float>(), to.size(), to.begin());
  };
  for (const Parameter& parameter : parameters_) {
    switch (parameter.kind) {
      case Parameter::Kind::weight:
        copy(parameter.tensor, network.matrices[parameter.index].weights);
        break;
      case Parameter::Kind::bias:
        copy(parameter.tensor, network.nodes[parameter.index].bias);
        break;
      case Parameter::Kind::candidate_bias:
        copy(parameter.tensor, network.nodes[parameter.index].recurrence()->candidate_bias);
        break;
      case Parameter::Kind::constant:
        copy(parameter.tensor, network.values[parameter.index].data);
    }
  }
}

}  // namespace mho::workloads
