#include <ATen/ATen.h>

#include <algorithm>

#include "workloads/autograd/digital_autograd.h"

namespace mho::workloads {

namespace {

using torch::Tensor;

/// One node, one batch, computed time step by time step. Each of several sequences of a sample is treated as a sample.
class Steps {
 public:
  Steps(const Network& network, const Node& node, const std::vector<Tensor>& inputs, std::int64_t batch, const Tensor& candidate_bias,
        const StepProduct& product)
      : network_(network),
        node_(node),
        recurrence_(node.as<Recurrence>()),
        inputs_(inputs),
        samples_(batch),
        each_(network.values[static_cast<std::size_t>(node.output)].shape.at(1)),
        batch_(batch * each_),
        hidden_(recurrence_.hidden),
        steps_(network.positions(node) / each_),
        candidate_bias_(candidate_bias),
        product_(product),
        h_(state_of(1)) {
    if (recurrence_.has_cell()) c_ = state_of(2);
    const std::size_t length = recurrence_.length_input();
    if (inputs.size() > length) lengths_ = inputs[length].reshape({-1}).clamp_max(static_cast<double>(steps_)).expand({batch_});
    if (recurrence_.peepholes.empty()) return;
    peepholes_ = torch::empty({3, hidden_});
    std::ranges::copy(recurrence_.peepholes, peepholes_.data_ptr<float>());
  }

  Tensor run() {
    const std::int64_t wide = network_.values[static_cast<std::size_t>(node_.inputs[0])].shape.back();
    Tensor x = inputs_[0].reshape({samples_, steps_, each_, wide}).transpose(1, 2).reshape({batch_, steps_, wide});
    // Orders the input by steps of computation: a reversed sequence begins at its own last time step.
    Tensor reversed;
    if (recurrence_.reverse) {
      const Tensor from_end = torch::arange(steps_, torch::kLong).view({1, steps_});
      const Tensor length = lengths_.defined() ? lengths_.to(torch::kLong).view({batch_, 1}) : torch::full({batch_, 1}, steps_, torch::kLong);
      reversed = (length - 1 - from_end).clamp_min(0).unsqueeze(2);
      x = x.gather(1, reversed.expand({batch_, steps_, wide}));
    }
    const std::vector<Tensor> by_step = x.unbind(1);
    std::vector<Tensor> outputs;
    for (std::int64_t t = 0; t < steps_; ++t) outputs.push_back(step(t, by_step[static_cast<std::size_t>(t)]));
    Tensor y = at::stack(outputs, 1);
    if (recurrence_.reverse) {
      // Time t was computed in step length - 1 - t. Times beyond the length get a value of another step; they are set to zero below.
      y = y.gather(1, reversed.expand({batch_, steps_, y.size(2)}));
      if (lengths_.defined()) y = y * (torch::arange(steps_).view({1, steps_}) < lengths_.view({batch_, 1})).unsqueeze(2);
    }
    y = y.reshape({samples_, each_, steps_, y.size(2)}).transpose(1, 2);
    std::vector<std::int64_t> shape{samples_};
    const Shape& out = network_.values[static_cast<std::size_t>(node_.output)].shape;
    shape.insert(shape.end(), out.begin(), out.end());
    return y.reshape(shape);
  }

 private:
  [[nodiscard]] Tensor state_of(std::size_t i) const {
    const bool constant = network_.values[static_cast<std::size_t>(node_.inputs[i])].constant;
    if (!constant) return inputs_[i].reshape({batch_, hidden_});
    return inputs_[i].reshape({1, each_, hidden_}).expand({samples_, each_, hidden_}).reshape({batch_, hidden_});
  }
  [[nodiscard]] Tensor activation(std::size_t k, const Tensor& v) const { return function_autograd(recurrence_.activations[k], v); }
  [[nodiscard]] Tensor limited(const Tensor& v) const { return recurrence_.clip > 0 ? v.clamp(-recurrence_.clip, recurrence_.clip) : v; }

  /// Computes the output of one step and updates state and cell.
  Tensor step(std::int64_t t, const Tensor& in) {
    const Tensor own = product_(0, t, h_), before_h = h_, before_c = c_;
    switch (recurrence_.kind) {
      case Recurrence::Kind::lstm:
        lstm(in + own);
        break;
      case Recurrence::Kind::gru:
        gru(t, in, own);
        break;
      case Recurrence::Kind::rnn:
        h_ = activation(0, limited(in + own));
    }
    Tensor out = recurrence_.keeps_cell ? at::cat({h_, c_}, 1) : h_;
    if (lengths_.defined()) {
      const Tensor runs = (lengths_ > static_cast<double>(t)).view({batch_, 1});
      h_ = at::where(runs, h_, before_h);
      if (recurrence_.has_cell()) c_ = at::where(runs, c_, before_c);
      out = out * runs;
    }
    return out;
  }

  void lstm(const Tensor& sums) {
    const auto gates = sums.chunk(4, 1);  // i, o, f, c
    const auto peep = [&](const Tensor& gate, std::int64_t which, const Tensor& cell) {
      return peepholes_.defined() ? gate + peepholes_[which] * cell : gate;
    };
    const Tensor i = activation(0, limited(peep(gates[0], 0, c_)));
    const Tensor f = recurrence_.couples_forget ? 1 - i : activation(0, limited(peep(gates[2], 2, c_)));
    c_ = f * c_ + i * activation(1, limited(gates[3]));
    const Tensor o = activation(0, limited(peep(gates[1], 1, c_)));
    h_ = o * activation(2, c_);
  }

  void gru(std::int64_t t, const Tensor& in, const Tensor& own) {
    const Tensor both = activation(0, limited(in.narrow(1, 0, 2 * hidden_) + own.narrow(1, 0, 2 * hidden_)));
    const Tensor z = both.narrow(1, 0, hidden_), reset = both.narrow(1, hidden_, hidden_);
    Tensor candidate = in.narrow(1, 2 * hidden_, hidden_);
    if (recurrence_.linear_before_reset) {
      Tensor bracket = own.narrow(1, 2 * hidden_, hidden_);
      if (candidate_bias_.defined()) bracket = bracket + candidate_bias_;
      candidate = candidate + reset * bracket;
    } else {
      candidate = candidate + product_(1, t, reset * h_);
    }
    h_ = (1 - z) * activation(1, limited(candidate)) + z * h_;
  }

  const Network& network_;
  const Node& node_;
  const Recurrence& recurrence_;
  const std::vector<Tensor>& inputs_;
  std::int64_t samples_;
  std::int64_t each_;   ///< sequences of a sample
  std::int64_t batch_;  ///< sequences of all samples
  std::int64_t hidden_, steps_;
  const Tensor& candidate_bias_;
  const StepProduct& product_;
  Tensor lengths_, peepholes_;
  Tensor h_, c_;
};

}  // namespace

Tensor recurrent_autograd(const Network& network, const Node& node, const std::vector<Tensor>& inputs, std::int64_t batch,
                          const Tensor& candidate_bias, const StepProduct& product) {
  return Steps(network, node, inputs, batch, candidate_bias, product).run();
}

}  // namespace mho::workloads
