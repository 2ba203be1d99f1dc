#pragma once

#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::mapper {

/// Bytes that hold so many bits.
inline std::int64_t whole_bytes(std::int64_t bits) {
  constexpr std::int64_t bits_per_byte = 8;
  return (bits + bits_per_byte - 1) / bits_per_byte;
}

/// Capacity with room for `need` positions: credits come back a quarter of the buffer at a time, and those that are still owed leave a whole window
/// free, c - c/4 >= need.
int with_credits_on_their_way(int need);

/// Gives every edge of a lowered program its capacity: the largest window, what a join's short branch must hold while the long branch fills (found by
/// running the program without time), room for credits that are on their way back, and `slack` more positions. Throws UserError (failed_check) for a
/// program that no capacity lets finish.
void size_buffers(hw::Program& program, const hw::ChipParameters& chip, int slack);

/// Bits that stage `stage`'s core buffers for it: its incoming edges, and on digital cores its finished positions.
std::int64_t buffered_bits(const hw::Program& program, const hw::ChipParameters& chip, int stage);

}  // namespace mho::mapper
