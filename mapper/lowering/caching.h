#pragma once

#include "mapper/lowering/attention.h"
#include "mapper/lowering/lowering.h"

namespace mho::mapper {

/// Adds sinks that write the second operands of products of two activations (keys and values of the computed tokens) to the memory behind a port.
/// Each operand is written once, also if several products read it.
void write_caches(Lowered& lowered, const Attention& attention);

/// Called by decode_one_token(). Adds sources that read the second operand of each product from memory: `rows` rows of the earlier tokens, in order
/// of the sequence. The product then works in equal parts, each on rows of at most `block_bits` (at least one row), so its buffer holds two blocks
/// instead of the sequence. Its results leave in the same number of parts, with sizes rounded up. Afterwards the dataflow is not valid.
void read_caches(Lowered& lowered, const Attention& attention, int rows, std::int64_t block_bits);

}  // namespace mho::mapper
