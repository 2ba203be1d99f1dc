#pragma once

#include <span>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// What a recurrent node does in one time step of one sample, its products aside.
class RecurrentStep {
 public:
  explicit RecurrentStep(const Node& node);
  /// GRU whose reset gate scales the state before its own product: gates() comes first, then the second product, then finish_reset().
  [[nodiscard]] bool resets_first() const { return gru_ && !recurrence_.linear_before_reset; }
  [[nodiscard]] bool keeps_cell() const { return lstm_; }

  /// From the projected inputs `x` [gates], the product of the state `product` [gates] and what stood before to what stands after: `state` and, of an
  /// LSTM, `cell` [hidden], in place, not rounded.
  void finish(std::span<const float> x, std::span<const float> product, std::span<float> state, std::span<float> cell) const;
  /// z and r [2 hidden] of a GRU that resets first, from the first 2 hidden elements of `x` and of `product`.
  void gates(std::span<const float> x, std::span<const float> product, std::span<float> z_and_r) const;
  /// The state from z, the last `hidden` elements of the projected inputs and the product of the scaled state.
  void finish_reset(std::span<const float> z, std::span<const float> x, std::span<const float> product, std::span<float> state) const;

 private:
  const Recurrence& recurrence_;
  bool lstm_, gru_;
};

}  // namespace mho::workloads
