#include "workloads/autograd/torch_network.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "base/error.h"
#include "workloads/autograd/digital_autograd.h"
#include "workloads/autograd/gemm.h"

namespace mho::workloads {

namespace {

using torch::Tensor;

Tensor tensor_of(const std::vector<float>& values, const Shape& shape) {
  Tensor tensor = torch::empty(shape);
  std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
  return tensor;
}

/// The network as execution needs it for products of training: biases are added behind them.
Network without_biases(Network network) {
  for (Node& node : network.nodes) node.bias.clear();
  return network;
}

/// Vectors that are added or multiplied element by element: biases of products and gains of normalisations. Tables, masks and shapes are not.
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
    if (!node.recurrence || node.recurrence->candidate_bias.empty()) continue;
    const auto& candidate = node.recurrence->candidate_bias;
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
    // Ranges that every vector sets for itself clip nothing and learn nothing.
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
    const bool gains =
        node.op == Operator::layer_normalization || node.op == Operator::instance_normalization || node.op == Operator::batch_normalization;
    const bool element_wise = node.op == Operator::add || node.op == Operator::mul;
    const bool activations = std::ranges::any_of(node.inputs, [&](int v) { return !network_.values[static_cast<std::size_t>(v)].constant; });
    for (std::size_t i = 0; activations && i < node.inputs.size(); ++i) {
      const auto v = static_cast<std::size_t>(node.inputs[i]);
      const ValueInfo& value = network_.values[v];
      if (!value.constant) continue;
      const bool trained = (gains && i > 0) || (element_wise && is_vector(value.shape)) || (node.op == Operator::embed && i == 1);
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
    std::ranges::fill(matrix.parts, TrainedMatrix::Part{});
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
    constexpr float whole = 0x1p31F;  // more time steps than any tensor can have
    values[static_cast<std::size_t>(network_.length_input)] =
        (batch.lengths.defined() ? batch.lengths : torch::full({count}, whole)).reshape(shaped(network_.length_input));
  }
  for (const CarriedState& state : network_.states) values[static_cast<std::size_t>(state.input)] = torch::zeros(shaped(state.input));
  for (std::size_t n = 0; n < network_.nodes.size(); ++n) {
    const Node& node = network_.nodes[n];
    std::vector<Tensor> inputs;
    for (const int in : node.inputs) inputs.push_back(values[static_cast<std::size_t>(in)]);
    Tensor y;
    if (node.recurrence) {
      y = recurrent(n, inputs, count);
    } else if (node.on_tiles()) {
      y = product(n, inputs[0]);
      if (bias_[n].defined()) {
        const std::int64_t axis = node.op == Operator::conv ? 2 : node.axis + 1;
        std::vector<std::int64_t> along(static_cast<std::size_t>(y.dim()), 1);
        along[static_cast<std::size_t>(axis)] = bias_[n].numel();
        y = y + bias_[n].view(along);
      }
      if (hook && node.op == Operator::conv) y = hook(n, y);
    } else if (scores && node.output == network_.output && (node.op == Operator::softmax || node.op == Operator::log_softmax)) {
      y = inputs[0];
    } else {
      y = digital_autograd(network_, node, inputs, count);
    }
    values[static_cast<std::size_t>(node.output)] = y;
  }
  return values[static_cast<std::size_t>(network_.output)];
}

namespace {

/// The time steps of a recurrent node for a batch, its products aside.
class RecurrentCell {
 public:
  /// Matrix `which` times `x`, [batch][hidden] to [batch][outputs].
  using StateProduct = std::function<Tensor(std::size_t which, const Tensor& x)>;

  /// `candidate_bias` undefined: none. `h`, `c`: the state before, [batch][hidden]; `c` of an LSTM alone.
  RecurrentCell(const Node& node, Tensor candidate_bias, Tensor h, Tensor c)
      : r_(*node.recurrence),
        lstm_(node.op == Operator::lstm),
        gru_(node.op == Operator::gru),
        candidate_bias_(std::move(candidate_bias)),
        h_(std::move(h)),
        c_(std::move(c)) {
    if (!r_.peepholes.empty()) peepholes_ = tensor_of(r_.peepholes, {3, r_.hidden});
  }

  /// The output of a step with the projected inputs `in`. Samples that are over (`runs` 0, [batch][1]; undefined: none is) keep their state.
  Tensor step(const Tensor& in, const StateProduct& product, const Tensor& runs) {
    const Tensor own = product(0, h_), before_h = h_, before_c = c_;
    if (lstm_) {
      lstm(in + own);
    } else if (gru_) {
      gru(in, own, product);
    } else {
      h_ = activation(0, limited(in + own));
    }
    const Tensor out = lstm_ && r_.keeps_cell ? at::cat({h_, c_}, 1) : h_;
    if (!runs.defined()) return out;
    h_ = at::where(runs, h_, before_h);
    if (lstm_) c_ = at::where(runs, c_, before_c);
    return out * runs;
  }

 private:
  void lstm(const Tensor& sum) {
    const auto gates = sum.chunk(4, 1);  // i, o, f, c
    const auto peep = [&](const Tensor& gate, std::int64_t which, const Tensor& cell) {
      return peepholes_.defined() ? gate + peepholes_[which] * cell : gate;
    };
    const Tensor i = activation(0, limited(peep(gates[0], 0, c_)));
    const Tensor f = r_.couples_forget ? 1 - i : activation(0, limited(peep(gates[2], 2, c_)));
    c_ = f * c_ + i * activation(1, limited(gates[3]));
    const Tensor o = activation(0, limited(peep(gates[1], 1, c_)));
    h_ = o * activation(2, c_);
  }

  void gru(const Tensor& in, const Tensor& own, const StateProduct& product) {
    const std::int64_t hidden = r_.hidden;
    const Tensor both = activation(0, limited(in.narrow(1, 0, 2 * hidden) + own.narrow(1, 0, 2 * hidden)));
    const Tensor z = both.narrow(1, 0, hidden), reset = both.narrow(1, hidden, hidden);
    Tensor candidate = in.narrow(1, 2 * hidden, hidden);
    if (r_.linear_before_reset) {
      Tensor last = own.narrow(1, 2 * hidden, hidden);
      if (candidate_bias_.defined()) last = last + candidate_bias_;
      candidate = candidate + reset * last;
    } else {
      candidate = candidate + product(1, reset * h_);
    }
    h_ = (1 - z) * activation(1, limited(candidate)) + z * h_;
  }

  [[nodiscard]] Tensor activation(std::size_t k, const Tensor& v) const {
    const auto& a = r_.activations[k];
    return function_autograd(a.function, a.alpha, a.beta, v);
  }
  [[nodiscard]] Tensor limited(const Tensor& v) const { return r_.clip > 0 ? v.clamp(-r_.clip, r_.clip) : v; }

  const Recurrence& r_;
  bool lstm_, gru_;
  Tensor candidate_bias_, peepholes_, h_, c_;
};

}  // namespace

Tensor TorchNetwork::recurrent(std::size_t n, const std::vector<Tensor>& inputs, std::int64_t batch) {
  const Node& node = network_.nodes[n];
  const Recurrence& r = *node.recurrence;
  const std::int64_t hidden = r.hidden, steps = network_.positions(node);
  const std::int64_t wide = network_.values[static_cast<std::size_t>(node.inputs[0])].shape.back();
  const bool lstm = node.op == Operator::lstm;
  const std::size_t length_input = lstm ? 3 : 2;
  const auto state_of = [&](std::size_t i) {
    const bool constant = network_.values[static_cast<std::size_t>(node.inputs[i])].constant;
    return constant ? inputs[i].reshape({1, hidden}).expand({batch, hidden}) : inputs[i].reshape({batch, hidden});
  };
  Tensor x = inputs[0].reshape({batch, steps, wide});
  Tensor lengths;
  if (inputs.size() > length_input) lengths = inputs[length_input].reshape({-1}).clamp_max(static_cast<double>(steps)).expand({batch});
  // The input of step s, whatever direction time runs in: reversed sequences begin at their own end.
  Tensor reversed;
  if (r.reverse) {
    const Tensor from_end = torch::arange(steps, torch::kLong).view({1, steps});
    const Tensor length = lengths.defined() ? lengths.to(torch::kLong).view({batch, 1}) : torch::full({batch, 1}, steps, torch::kLong);
    reversed = (length - 1 - from_end).clamp_min(0).unsqueeze(2);
    x = x.gather(1, reversed.expand({batch, steps, wide}));
  }
  RecurrentCell cell(node, candidate_bias_[n], state_of(1), lstm ? state_of(2) : Tensor());
  const std::vector<Tensor> by_step = x.unbind(1);
  std::vector<Tensor> outputs;
  for (std::int64_t t = 0; t < steps; ++t) {
    const auto product = [&](std::size_t which, const Tensor& state) { return step_product(n, which, t, state); };
    const Tensor runs = lengths.defined() ? (lengths > static_cast<double>(t)).view({batch, 1}) : Tensor();
    outputs.push_back(cell.step(by_step[static_cast<std::size_t>(t)], product, runs));
  }
  Tensor y = at::stack(outputs, 1);
  if (r.reverse) {
    // Where time t was step length - 1 - t; steps beyond the length are zero already and land on zeros.
    y = y.gather(1, reversed.expand({batch, steps, y.size(2)}));
    if (lengths.defined()) y = y * (torch::arange(steps).view({1, steps}) < lengths.view({batch, 1})).unsqueeze(2);
  }
  std::vector<std::int64_t> shape{batch};
  const Shape& out = network_.values[static_cast<std::size_t>(node.output)].shape;
  shape.insert(shape.end(), out.begin(), out.end());
  return y.reshape(shape);
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
        copy(parameter.tensor, network.nodes[parameter.index].recurrence->candidate_bias);
        break;
      case Parameter::Kind::constant:
        copy(parameter.tensor, network.values[parameter.index].data);
    }
  }
}

}  // namespace mho::workloads
