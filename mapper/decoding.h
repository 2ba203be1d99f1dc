#pragma once

#include "mapper/lowering.h"

namespace mho::mapper {

/// Tokens of the sequence that the network reads: its time steps. 1 where its input is no sequence.
int tokens_of(const workloads::Network& network);

/// Rewrites a lowered program of a whole sequence of `tokens` into that of its last token, all others in the caches: each stage makes its positions
/// of one token, products of attention read the whole cached operand (Stage::operand_bits stays), edges carry what is new, and buffers keep room for
/// the whole sequence, which is where keys and values lie. Before the input is packed and buffers are sized. Throws UserError naming a stage that
/// does not work token by token (one result for the whole sequence, or a recurrence, which needs no cache).
void decode_one_token(hw::Program& program, int tokens);

}  // namespace mho::mapper
