#pragma once

#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::mapper {

/// Bits in bytes, rounded up.
inline std::int64_t whole_bytes(std::int64_t bits) {
  constexpr std::int64_t bits_per_byte = 8;
  return (bits + bits_per_byte - 1) / bits_per_byte;
}

/// Capacity c of an edge that needs `need` positions at all times. Credits return when a quarter of the buffer is free, so c - c/4 >= need.
int with_credits_on_their_way(int need);

/// Sets the capacity of every edge of a lowered program: the largest window; for the short branch of a join, the positions that it must hold while
/// the long branch fills (found by running the program without time); the margin of with_credits_on_their_way(); and `slack` positions. Throws
/// UserError (failed_check) for a program that deadlocks with any capacity.
void size_buffers(hw::Program& program, const hw::ChipParameters& chip, int slack);

/// Bits in the buffer of a core for stage `stage`: its incoming edges and, on digital cores, its finished positions.
std::int64_t buffered_bits(const hw::Program& program, const hw::ChipParameters& chip, int stage);

}  // namespace mho::mapper
