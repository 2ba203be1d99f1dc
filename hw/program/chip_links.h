#pragma once

#include <cstdint>
#include <vector>

#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::hw {

/// Memory that one position of an edge's capacity may use at a link between chips.
struct LinkShare {
  int link = 0;           ///< number of the direction (Topology::link_between)
  std::int64_t bits = 0;  ///< in the memory at each end
};

/// Shares of one position of `edge` in the links between its two stages: in the direction of the consumer a packet with the position, in the other
/// direction a packet with its credit. A producer sends at most as many positions as it has credits, so memories of `capacity` shares never overflow.
/// Empty if both stages are on one chip.
[[nodiscard]] std::vector<LinkShare> link_shares(const Program& program, const Edge& edge, const ChipParameters& chip);

/// Size in bits that the memories at the ends of each link need for all edges, by direction.
[[nodiscard]] std::vector<std::int64_t> link_memory_bits(const Program& program, const ChipParameters& chip);

}  // namespace mho::hw
