#pragma once

#include "mapper/lowering/attention.h"
#include "mapper/lowering/lowering.h"

namespace mho::mapper {

/// Sends what each product of two activations caches, the keys and values of the tokens that are computed, to sinks of the memory behind a port;
/// once, whoever else reads it.
void write_caches(Lowered& lowered, const Attention& attention);

/// After decode_one_token: gives each product its second operand from memory, the rows of `rows` earlier tokens in the order of the sequence, with
/// the new token's row at hand. It works in equal parts, each on at most `block_bits` of rows or a single one, so its buffer holds blocks instead of
/// the sequence; its results leave in as many parts, rounded up. Of a lowered program whose dataflow nobody needs any more.
void read_caches(Lowered& lowered, const Attention& attention, int rows, std::int64_t block_bits);

}  // namespace mho::mapper
