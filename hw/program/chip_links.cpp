#include "hw/program/chip_links.h"

#include "hw/spec/topology.h"

namespace mho::hw {

std::vector<LinkShare> link_shares(const Program& program, const Edge& edge, const ChipParameters& chip) {
  if (chip.chips == 1) return {};
  const int from = chip.chip_of(program.stages[static_cast<std::size_t>(edge.producer)].core),
            to = chip.chip_of(program.stages[static_cast<std::size_t>(edge.consumer)].core);
  const std::int64_t packet = edge.flits(chip.noc.flit_bits);
  std::vector<LinkShare> shares;
  for (int at = from; at != to;) {
    const int next = at < to ? at + 1 : at - 1;
    shares.push_back({Topology::link_between(at, next), packet * chip.noc.flit_bits});
    shares.push_back({Topology::link_between(next, at), chip.noc.flit_bits});
    at = next;
  }
  return shares;
}

std::vector<std::int64_t> link_memory_bits(const Program& program, const ChipParameters& chip) {
  std::vector<std::int64_t> bits(static_cast<std::size_t>(Topology(chip).chip_links()), 0);
  for (const Edge& edge : program.edges) {
    for (const LinkShare& share : link_shares(program, edge, chip)) bits[static_cast<std::size_t>(share.link)] += share.bits * edge.capacity;
  }
  return bits;
}

}  // namespace mho::hw
