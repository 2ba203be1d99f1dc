#include "periphery/digital/recurrence.h"

#include <algorithm>
#include <stdexcept>

namespace mho::periphery::digital {

namespace {

void require_sizes(bool agree) {
  if (!agree) throw std::logic_error("recurrent step: sizes of gates and states disagree");
}

/// NaN passes on.
void activate(const Activation& activation, float clip, std::span<float> values) {
  if (clip > 0.0F) {
    for (float& value : values) value = value > clip ? clip : value < -clip ? -clip : value;
  }
  apply(activation.function, activation.alpha, activation.beta, values, values);
}

}  // namespace

void lstm_step(const LstmGates& gates, std::span<float> sums, std::span<float> cell, std::span<float> state) {
  const std::size_t hidden = state.size();
  require_sizes(sums.size() == 4 * hidden && cell.size() == hidden && (gates.peepholes.empty() || gates.peepholes.size() == 3 * hidden));
  const std::span<float> input = sums.first(hidden), output = sums.subspan(hidden, hidden), forget = sums.subspan(2 * hidden, hidden),
                         candidate = sums.subspan(3 * hidden, hidden);
  const auto peep = [&](std::span<float> gate, std::size_t which) {
    if (gates.peepholes.empty()) return;
    for (std::size_t i = 0; i < hidden; ++i) gate[i] += gates.peepholes[which * hidden + i] * cell[i];
  };
  peep(input, 0);
  peep(forget, 2);
  activate(gates.f, gates.clip, input);
  if (gates.coupled) {
    for (std::size_t i = 0; i < hidden; ++i) forget[i] = 1.0F - input[i];
  } else {
    activate(gates.f, gates.clip, forget);
  }
  activate(gates.g, gates.clip, candidate);
  for (std::size_t i = 0; i < hidden; ++i) cell[i] = forget[i] * cell[i] + input[i] * candidate[i];
  peep(output, 1);
  activate(gates.f, gates.clip, output);
  std::copy(cell.begin(), cell.end(), state.begin());
  activate(gates.h, 0.0F, state);
  for (std::size_t i = 0; i < hidden; ++i) state[i] *= output[i];
}

void gru_gates(const Activation& f, float clip, std::span<float> sums) { activate(f, clip, sums); }

void gru_step(const Activation& g, float clip, std::span<const float> z, std::span<float> candidate, std::span<float> state) {
  require_sizes(z.size() == state.size() && candidate.size() == state.size());
  activate(g, clip, candidate);
  for (std::size_t i = 0; i < state.size(); ++i) state[i] = (1.0F - z[i]) * candidate[i] + z[i] * state[i];
}

void rnn_step(const Activation& f, float clip, std::span<const float> sums, std::span<float> state) {
  require_sizes(sums.size() == state.size());
  std::copy(sums.begin(), sums.end(), state.begin());
  activate(f, clip, state);
}

}  // namespace mho::periphery::digital
