#pragma once

#include <string_view>

#include "mapper/lowering/attention.h"
#include "mapper/lowering/lowering.h"

namespace mho::mapper {

/// Tokens of the sequence that the network reads: its time steps. 1 where its input is no sequence.
int tokens_of(const workloads::Network& network);

/// Throws UserError where the network's input is no sequence of tokens, which --mode `mode` needs.
void check_tokens(const workloads::Network& network, std::string_view mode);
/// Whether a token may see those after it, as far as the network tells: it has products of activations, and neither a constant of tokens x tokens
/// that differs above its diagonal nor a Trilu. Reads such constants.
bool may_see_later_tokens(const workloads::Network& network, int tokens);

/// Which token is decoded, and where those before it are kept.
struct Decoding {
  int tokens = 1;               ///< of the sequence
  int context = 1;              ///< that the token sees, itself included; at most `tokens`
  bool in_memory = false;       ///< keys and values behind a port, else in the buffers of the digital cores
  std::int64_t block_bits = 0;  ///< in memory: most that a product reads of them at once, see read_caches
};

/// Rewrites a lowered program of a whole sequence into that of one of its tokens, those before it in the caches: each stage makes its positions
/// of one token, products of attention read the whole cached operand (Stage::operand_bits stays), what has a value for each token has one for each of
/// the context, and edges carry what is new. Buffers keep room for the whole sequence where keys and values lie in them. Before the input is packed
/// and buffers are sized. `lowered` needs its dataflow, which is that of the whole sequence afterwards. Throws UserError naming a stage that does not
/// work token by token (one result for the whole sequence, or a recurrence, which needs no cache) or not with fewer tokens than the sequence has.
void decode_one_token(Lowered& lowered, const workloads::Network& network, const Decoding& decoding);

}  // namespace mho::mapper
