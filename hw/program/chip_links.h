#pragma once

#include <cstdint>
#include <vector>

#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::hw {

/// What one position of an edge's capacity may have at a link between chips.
struct LinkShare {
  int link = 0;           ///< direction (Topology::link_between)
  std::int64_t bits = 0;  ///< in the memory at either end
};

/// For each link between the two stages of an edge: a packet with a position on the way there, and the header that returns its credit on the way
/// back. A producer sends as many positions as the consumer has credits for, so memories with `capacity` times as much never overflow. Empty where
/// both stages are on one chip.
[[nodiscard]] std::vector<LinkShare> link_shares(const Program& program, const Edge& edge, const ChipParameters& chip);

/// Bits that the memories at the ends of each link must hold for all edges, by direction.
[[nodiscard]] std::vector<std::int64_t> link_memory_bits(const Program& program, const ChipParameters& chip);

}  // namespace mho::hw
