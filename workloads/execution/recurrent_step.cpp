#include "workloads/execution/recurrent_step.h"

#include <algorithm>

#include "periphery/digital/recurrence.h"

namespace mho::workloads {

namespace digital = periphery::digital;

RecurrentStep::RecurrentStep(const Node& node)
    : recurrence_(node.as<Recurrence>()), lstm_(recurrence_.has_cell()), gru_(recurrence_.kind == Recurrence::Kind::gru) {}

void RecurrentStep::finish(std::span<const float> x, std::span<const float> product, std::span<float> state, std::span<float> cell) const {
  const Recurrence& r = recurrence_;
  const auto hidden = static_cast<std::size_t>(r.hidden);
  thread_local std::vector<float> sum;
  sum.assign(x.begin(), x.end());
  // The candidate of a GRU is computed after the reset gate, so its product is added later.
  const std::size_t direct = gru_ ? 2 * hidden : x.size();
  for (std::size_t i = 0; i < direct; ++i) sum[i] += product[i];
  if (lstm_) {
    const digital::LstmGates gates{r.activations[0], r.activations[1], r.activations[2], r.peepholes, r.couples_forget, r.clip};
    return digital::lstm_step(gates, sum, cell, state);
  }
  if (!gru_) return digital::rnn_step(r.activations[0], r.clip, sum, state);
  const std::span<float> all(sum);
  digital::gru_gates(r.activations[0], r.clip, all.first(direct));
  for (std::size_t i = 0; i < hidden; ++i) {
    const float bias = r.candidate_bias.empty() ? 0.0F : r.candidate_bias[i];
    sum[direct + i] += sum[hidden + i] * (product[direct + i] + bias);
  }
  digital::gru_step(r.activations[1], r.clip, all.first(hidden), all.subspan(direct, hidden), state);
}

void RecurrentStep::gates(std::span<const float> x, std::span<const float> product, std::span<float> z_and_r) const {
  for (std::size_t i = 0; i < z_and_r.size(); ++i) z_and_r[i] = x[i] + product[i];
  digital::gru_gates(recurrence_.activations[0], recurrence_.clip, z_and_r);
}

void RecurrentStep::finish_reset(std::span<const float> z, std::span<const float> x, std::span<const float> product, std::span<float> state) const {
  thread_local std::vector<float> candidate;
  candidate.resize(state.size());
  for (std::size_t i = 0; i < state.size(); ++i) candidate[i] = x[i] + product[i];
  digital::gru_step(recurrence_.activations[1], recurrence_.clip, z, candidate, state);
}

}  // namespace mho::workloads
