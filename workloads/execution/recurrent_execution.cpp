#include <algorithm>
#include <numeric>

#include "workloads/execution/execution.h"
#include "workloads/execution/recurrent_step.h"

namespace mho::workloads {

namespace {

const Shape& output_shape(const Network& network, const Node& node) { return network.values[static_cast<std::size_t>(node.output)].shape; }

/// Time steps of one sequence. `length` of them are computed, the last one first if the node runs backwards.
struct Steps {
  std::int64_t length = 0;
  bool reverse = false;
  [[nodiscard]] std::int64_t time(std::int64_t step) const { return reverse ? length - 1 - step : step; }
};

}  // namespace

/// One recurrent node, one batch, computed time step by time step. Each of several sequences of a sample is treated as a sample.
class Execution::RecurrentRun {
 public:
  RecurrentRun(const Execution& execution, std::size_t index, std::span<const std::span<const float>> inputs, std::span<const std::uint32_t> ids,
               Products& products, const ResultRounding* rounding, std::span<float> y)
      : execution_(execution),
        node_(execution.network_.nodes[index]),
        recurrence_(node_.as<Recurrence>()),
        step_(node_),
        index_(index),
        inputs_(inputs),
        ids_(ids),
        products_(products),
        rounding_(rounding),
        y_(y),
        hidden_(static_cast<std::size_t>(recurrence_.hidden)),
        wide_(static_cast<std::size_t>(execution.network_.values[static_cast<std::size_t>(node_.inputs[0])].shape.back())),
        row_((recurrence_.keeps_cell ? 2 : 1) * hidden_),
        outputs_(static_cast<std::size_t>(execution.network_.matrix(node_).outputs)),
        steps_(output_shape(execution.network_, node_).at(0)),
        each_(static_cast<std::size_t>(output_shape(execution.network_, node_).at(1))),
        lengths_(ids.size() * each_, Steps{steps_, recurrence_.reverse}),
        state_(lengths_.size() * hidden_),
        cell_(recurrence_.has_cell() ? lengths_.size() * hidden_ : 0),
        sums_(lengths_.size() * 2 * hidden_) {
    for (std::size_t s = 0; s < lengths_.size(); ++s) {
      std::ranges::copy(before(1, s), state_of(s).begin());
      if (recurrence_.has_cell()) std::ranges::copy(before(2, s), cell_of(s).begin());
      if (inputs.size() <= recurrence_.length_input()) continue;
      const float length = part(recurrence_.length_input(), s / each_, 1)[0];
      lengths_[s].length = length >= 0.0F ? std::min(static_cast<std::int64_t>(length), steps_) : 0;
    }
    std::fill(y.begin(), y.end(), 0.0F);
  }

  void run() {
    // A sequence that has ended is no longer multiplied on the tiles.
    running_.resize(lengths_.size());
    std::iota(running_.begin(), running_.end(), std::size_t{0});
    for (std::int64_t step = 0; step < steps_; ++step) {
      std::erase_if(running_, [&](std::size_t s) { return step >= lengths_[s].length; });
      if (running_.empty()) break;
      multiply(step);
      if (step_.resets_first()) {
        finish_reset(step);
      } else {
        for (std::size_t k = 0; k < running_.size(); ++k) {
          const std::span<float> own = recurrence_.has_cell() ? cell_of(running_[k]) : std::span<float>();
          step_.finish(input_of(k, step), product_of(k), state_of(running_[k]), own);
        }
      }
      for (const std::size_t s : running_) put_out(s, step);
    }
  }

 private:
  /// The values of input `input` for sample s; a constant has the same values for all samples.
  [[nodiscard]] std::span<const float> part(std::size_t input, std::size_t s, std::size_t size) const {
    const auto root = static_cast<std::size_t>(execution_.root_[static_cast<std::size_t>(node_.inputs[input])]);
    return inputs_[input].subspan(execution_.network_.values[root].constant ? 0 : s * size, size);
  }
  /// The initial values of sequence s.
  [[nodiscard]] std::span<const float> before(std::size_t input, std::size_t s) const {
    return part(input, s / each_, each_ * hidden_).subspan(s % each_ * hidden_, hidden_);
  }
  // State and cell of sequence s, which is number s % each_ of sample s / each_.
  std::span<float> state_of(std::size_t s) { return std::span(state_).subspan(s * hidden_, hidden_); }
  std::span<float> cell_of(std::size_t s) { return std::span(cell_).subspan(s * hidden_, hidden_); }
  /// Index of the row that holds time step `step` of sequence s.
  [[nodiscard]] std::size_t time_of(std::size_t s, std::int64_t step) const {
    return (s / each_ * static_cast<std::size_t>(steps_) + static_cast<std::size_t>(lengths_[s].time(step))) * each_ + s % each_;
  }
  // Input and product of running sequence number k.
  [[nodiscard]] std::span<const float> input_of(std::size_t k, std::int64_t step) const {
    return inputs_[0].subspan(time_of(running_[k], step) * wide_, wide_);
  }
  [[nodiscard]] std::span<const float> product_of(std::size_t k) const { return std::span(product_).subspan(k * outputs_, outputs_); }
  void round(RoundedTensor tensor, std::span<float> values) const {
    if (rounding_ == nullptr) return;
    products_.results(index_, tensor, values);
    rounding_->round(index_, tensor, values);
  }

  /// Multiplies the states of all running sequences.
  void multiply(std::int64_t step) {
    events_.clear();
    rows_.resize(running_.size() * hidden_);
    for (std::size_t k = 0; k < running_.size(); ++k) {
      base::EventId event;
      event.sample = ids_[running_[k] / each_];
      event.position = execution_.first_position_[index_] + static_cast<std::uint32_t>(static_cast<std::size_t>(step) * each_ + running_[k] % each_);
      events_.push_back(event);
      std::ranges::copy(state_of(running_[k]), rows_.begin() + static_cast<std::ptrdiff_t>(k * hidden_));
    }
    product_.resize(running_.size() * outputs_);
    products_.multiply(index_, 0, 0, rows_, events_, product_);
    round(RoundedTensor::product, product_);
  }

  /// Scales the state by the reset gate before the product of the candidate.
  void finish_reset(std::int64_t step) {
    scaled_.resize(rows_.size());
    for (std::size_t k = 0; k < running_.size(); ++k) {
      const std::span<float> gates = std::span(sums_).subspan(k * 2 * hidden_, 2 * hidden_);
      step_.gates(input_of(k, step).first(2 * hidden_), product_of(k), gates);
      for (std::size_t i = 0; i < hidden_; ++i) scaled_[k * hidden_ + i] = gates[hidden_ + i] * rows_[k * hidden_ + i];
      round(RoundedTensor::gate, gates.first(hidden_));  // the update gate is stored until the candidate is computed, so it is rounded as a result
    }
    round(RoundedTensor::gate, scaled_);
    candidates_.resize(rows_.size());
    products_.multiply(index_, 1, 0, scaled_, events_, candidates_);
    round(RoundedTensor::candidate, candidates_);
    for (std::size_t k = 0; k < running_.size(); ++k) {
      step_.finish_reset(std::span(sums_).subspan(k * 2 * hidden_, hidden_), input_of(k, step).subspan(2 * hidden_, hidden_),
                         std::span(candidates_).subspan(k * hidden_, hidden_), state_of(running_[k]));
    }
  }

  void put_out(std::size_t s, std::int64_t step) {
    round(RoundedTensor::result, state_of(s));
    float* to = y_.data() + time_of(s, step) * row_;
    std::ranges::copy(state_of(s), to);
    if (!recurrence_.has_cell()) return;
    round(RoundedTensor::cell, cell_of(s));
    if (recurrence_.keeps_cell) std::ranges::copy(cell_of(s), to + hidden_);
  }

  const Execution& execution_;
  const Node& node_;
  const Recurrence& recurrence_;
  RecurrentStep step_;
  std::size_t index_;
  std::span<const std::span<const float>> inputs_;
  std::span<const std::uint32_t> ids_;
  Products& products_;
  const ResultRounding* rounding_;
  std::span<float> y_;
  std::size_t hidden_, wide_;
  std::size_t row_;      ///< elements per row of the output
  std::size_t outputs_;  ///< outputs of the first product
  std::int64_t steps_;
  std::size_t each_;  ///< sequences per sample
  std::vector<Steps> lengths_;
  std::vector<float> state_, cell_, sums_, candidates_, scaled_, rows_, product_;
  std::vector<base::EventId> events_;
  std::vector<std::size_t> running_;
};

void Execution::recurrent(std::size_t index, std::span<const std::span<const float>> inputs, std::span<const std::uint32_t> ids, Products& products,
                          const ResultRounding* rounding, std::span<float> y) const {
  RecurrentRun(*this, index, inputs, ids, products, rounding, y).run();
}

}  // namespace mho::workloads
