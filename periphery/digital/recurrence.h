#pragma once

#include <span>

#include "periphery/digital/functions.h"

namespace mho::periphery::digital {

/// One time step of recurrent layers for one sample, after the matrix products: element-wise gates in the form and order of ONNX. `clip` limits the
/// inputs of activations (0: no limit). Sizes must agree (std::logic_error).

/// Options of an LSTM: activations f, g, h; peepholes [3 hidden] of i, o, f or empty; f = 1 - i if coupled.
struct LstmGates {
  Activation f, g, h;
  std::span<const float> peepholes;
  bool coupled = false;
  float clip = 0;
};
/// `sums` [4 hidden] of i, o, f, c: W x + R h + b, overwritten; `cell` [hidden] becomes the new c, `state` [hidden] the new h.
void lstm_step(const LstmGates& gates, std::span<float> sums, std::span<float> cell, std::span<float> state);

/// z and r of a GRU: `sums` [2 hidden], in place.
void gru_gates(const Activation& f, float clip, std::span<float> sums);
/// h = (1 - z) g(candidate) + z h; `candidate` [hidden] is overwritten.
void gru_step(const Activation& g, float clip, std::span<const float> z, std::span<float> candidate, std::span<float> state);

/// h = f(sums).
void rnn_step(const Activation& f, float clip, std::span<const float> sums, std::span<float> state);

}  // namespace mho::periphery::digital
