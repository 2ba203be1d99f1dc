#include <cstdint>

#include "hw/noc/virtual_channel_network.h"

namespace mho::hw {

/// Outputs of a router to which a multicast packet is copied: those by which the xy ways from its sender to its receivers go on. Along the sender's
/// row the packet drops a copy into every column that has a receiver; a column carries it away from that row.
template <class Mask, int Ports>
typename VirtualChannelNetwork<Mask, Ports>::Ports8 VirtualChannelNetwork<Mask, Ports>::tree(std::uint32_t router, std::size_t packet) const {
  const auto& from = packet_states_[packet].from;
  const auto [x, y] = at_[router];
  const auto between = [](int value, int a, int b) { return (a <= value && value <= b) || (b <= value && value <= a); };
  Ports8 outputs = 0;
  for (const Receiver& receiver : packets_[packet].receivers) {
    const Channel& place = place_of_[static_cast<std::size_t>(receiver.node)];
    const auto& to = at_[place.router];
    const bool on_row = y == from[1] && between(x, from[0], to[0]);
    const bool on_column = x == to[0] && between(y, from[1], to[1]);
    if (!on_row && !on_column) continue;
    const int output = x != to[0] ? locals + (to[0] < x ? 1 : 0) : y != to[1] ? locals + (to[1] < y ? 3 : 2) : place.port;
    outputs |= bit<Ports8>(output);
  }
  return outputs;
}

#define MHO_TREE(Mask, Ports) template std::uint8_t VirtualChannelNetwork<Mask, Ports>::tree(std::uint32_t, std::size_t) const;
MHO_TREE(std::uint16_t, 5)
MHO_TREE(std::uint16_t, 6)
MHO_TREE(std::uint64_t, 5)
MHO_TREE(std::uint64_t, 6)
MHO_TREE(std::uint16_t, 8)
MHO_TREE(std::uint64_t, 8)
#undef MHO_TREE

}  // namespace mho::hw
