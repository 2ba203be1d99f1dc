#pragma once

#include <string_view>

#include "mapper/lowering/attention.h"
#include "mapper/lowering/lowering.h"

namespace mho::mapper {

/// The number of tokens of the network's input sequence: its time steps. 1 if the input is no sequence.
int tokens_of(const workloads::Network& network);

/// Throws UserError if the network's input is no sequence of at least 2 tokens, which --mode `mode` needs.
void check_tokens(const workloads::Network& network, std::string_view mode);
/// Whether a token may depend on later tokens: the network has products of activations, and no causal mask (a constant [..., tokens, tokens] that
/// differs above the diagonal, or a Trilu). Reads such constants.
bool may_see_later_tokens(const workloads::Network& network, int tokens);

/// Parameters of decoding: context of the token, and place of keys and values.
struct Decoding {
  int tokens = 1;               ///< of the sequence
  int context = 1;              ///< tokens that the token sees, itself included; at most `tokens`
  bool in_memory = false;       ///< keys and values are in the memory behind a port; else in the buffers of the digital cores
  std::int64_t block_bits = 0;  ///< in memory: most bits that a product reads at once, see read_caches()
};

/// Rewrites the lowered program of a whole sequence into the program of one token, with the earlier tokens in caches. Each stage computes the
/// positions of one token. Products of attention read the whole cached operand (Stage::operand_bits stays). Values for each token become values for
/// each token of the context. Edges carry only new values. Buffers keep space for the whole sequence if they hold keys and values. Call it before
/// gather_input() and the sizing of buffers. `lowered` needs its dataflow, which remains that of the whole sequence. Throws UserError that names a
/// stage which does not work token by token (one result for the whole sequence; a recurrence, which needs no cache) or not with fewer tokens than the
/// sequence has; (usage) for a context out of range.
void decode_one_token(Lowered& lowered, const workloads::Network& network, const Decoding& decoding);

}  // namespace mho::mapper
