#pragma once

#include <cstddef>
#include <vector>

#include "periphery/digital/functions.h"
#include "workloads/operators/attributes/origin.h"

namespace mho::workloads {

/// Settings of a recurrent node: one direction of ONNX LSTM, GRU or RNN. Gates are in ONNX's order: i, o, f, c (LSTM); z, r, h (GRU); one gate (RNN).
/// Inputs: projected gates [T][N][gates * hidden], the initial h, the initial c (LSTM), and optionally the sequence length.
struct Recurrence {
  enum class Kind { lstm, gru, rnn } kind = Kind::rnn;
  int hidden = 0;
  bool reverse = false;                                     ///< from the last time step to the first
  bool couples_forget = false;                              ///< LSTM: f = 1 - i
  bool linear_before_reset = false;                         ///< GRU: r scales R_h h, not h
  bool keeps_cell = false;                                  ///< LSTM: output rows are [h, c], else [h]
  float clip = 0;                                           ///< limit on the magnitude of activation inputs; 0: none
  std::vector<periphery::digital::Activation> activations;  ///< f, g, h of ONNX
  std::vector<float> candidate_bias;                        ///< GRU with linear_before_reset: [hidden], added to R_h h before r scales it; else empty
  std::vector<float> peepholes;                             ///< LSTM: [3 hidden] for i, o, f; or empty
  InitializerSource candidate_origin{}, peephole_origin{};
  /// Whether there is a cell state c besides h.
  [[nodiscard]] bool has_cell() const { return kind == Kind::lstm; }
  /// Index of the input for the sequence length, if the node has one.
  [[nodiscard]] std::size_t length_input() const { return has_cell() ? 3 : 2; }
};

}  // namespace mho::workloads
