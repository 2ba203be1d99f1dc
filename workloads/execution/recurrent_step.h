#pragma once

#include <span>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// One time step of a recurrent node for one sample, without its matrix products.
class RecurrentStep {
 public:
  explicit RecurrentStep(const Node& node);
  /// Whether the node is a GRU whose reset gate scales the state before its own product. Then call gates(), compute the second product, and call
  /// finish_reset().
  [[nodiscard]] bool resets_first() const { return gru_ && !recurrence_.linear_before_reset; }
  [[nodiscard]] bool keeps_cell() const { return lstm_; }

  /// Advances `state` [hidden] and, for an LSTM, `cell` [hidden] by one step, in place and not rounded. `x` [gates * hidden]: projected inputs;
  /// `product` [gates * hidden]: product with the previous state.
  void finish(std::span<const float> x, std::span<const float> product, std::span<float> state, std::span<float> cell) const;
  /// z and r [2 hidden] of a GRU with resets_first(), from the first 2 hidden elements of `x` and `product`.
  void gates(std::span<const float> x, std::span<const float> product, std::span<float> z_and_r) const;
  /// Advances `state` from z, the last `hidden` elements of the projected inputs and the product with the scaled state.
  void finish_reset(std::span<const float> z, std::span<const float> x, std::span<const float> product, std::span<float> state) const;

 private:
  const Recurrence& recurrence_;
  bool lstm_, gru_;
};

}  // namespace mho::workloads
