#pragma once

#include <cstddef>
#include <vector>

#include "periphery/digital/functions.h"
#include "workloads/operators/attributes/origin.h"

namespace mho::workloads {

/// What a recurrent node does with its gates (ONNX LSTM, GRU and RNN, one direction of them). Gates in ONNX's order: i, o, f, c; z, r, h; one.
/// Inputs: projected gates [T][N][gates], h before the first step, for an LSTM c, and where given the length.
struct Recurrence {
  enum class Kind { lstm, gru, rnn } kind = Kind::rnn;
  int hidden = 0;
  bool reverse = false;                                     ///< from the last time step to the first
  bool couples_forget = false;                              ///< LSTM: f = 1 - i
  bool linear_before_reset = false;                         ///< GRU: r scales R_h h, not h
  bool keeps_cell = false;                                  ///< LSTM: outputs are [h, c], else [h]
  float clip = 0;                                           ///< limit of what enters the activations; 0: none
  std::vector<periphery::digital::Activation> activations;  ///< f, g, h of ONNX
  std::vector<float> candidate_bias;                        ///< GRU that is linear before reset: [hidden] inside the scaled bracket; or empty
  std::vector<float> peepholes;                             ///< LSTM: [3 hidden] of i, o, f; or empty
  InitializerSource candidate_origin{}, peephole_origin{};
  /// Whether a cell is carried beside the state.
  [[nodiscard]] bool has_cell() const { return kind == Kind::lstm; }
  /// Number of the input that gives the length of the sequence, where there is one.
  [[nodiscard]] std::size_t length_input() const { return has_cell() ? 3 : 2; }
};

}  // namespace mho::workloads
