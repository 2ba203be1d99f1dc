#pragma once

#include <vector>

#include "mapper/lowering/lowering.h"

namespace mho::mapper {

/// A digital stage that multiplies two activations, as in attention. Each row of the result reads one row of the first operand and the whole second
/// operand.
struct ActivationProduct {
  int stage = 0;
  /// Edges that carry the second operand, keys or values. If heads share them: the edges before the repetition.
  std::vector<int> cached;
  bool over_tokens = false;  ///< the result has a value for each token of the second operand (scores); else it sums over tokens
};

/// The stages of a sequence network that work on all tokens at once.
struct Attention {
  std::vector<ActivationProduct> products;  ///< in the order of the program
  /// By stage: the last axis of its output has a value for each token, as in scores and their softmax.
  std::vector<bool> over_tokens;
  /// By stage, products excluded: it reads such values and its output has none, as in a reduction.
  std::vector<bool> from_tokens;
};

/// Finds these stages. `tokens`: length of the sequence. `lowered` needs its dataflow.
Attention find_attention(const workloads::Network& network, const Lowered& lowered, int tokens);

}  // namespace mho::mapper
