#pragma once

#include <vector>

#include "mapper/lowering/lowering.h"

namespace mho::mapper {

/// A digital stage that multiplies two activations, as attention does: each row of results reads a row of the first operand and the whole second one.
struct ActivationProduct {
  int stage = 0;
  /// Edges that bring the second operand, keys or values; where heads share them, before they are repeated.
  std::vector<int> cached;
  bool over_tokens = false;  ///< its results have a value for each token of the second operand (scores); else it sums over them
};

/// Where a network that reads a sequence meets all of its tokens at once.
struct Attention {
  std::vector<ActivationProduct> products;  ///< in the order of the program
  /// By stage: what it makes ends in an axis of one value for each token, as scores and their softmax do.
  std::vector<bool> over_tokens;
  /// By stage: it reads such values and makes none, as a reduction does; products aside.
  std::vector<bool> from_tokens;
};

/// Follows such values through the network. `lowered` needs its dataflow.
Attention find_attention(const workloads::Network& network, const Lowered& lowered, int tokens);

}  // namespace mho::mapper
