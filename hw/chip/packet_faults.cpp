#include "hw/chip/packet_faults.h"

#include <cstdint>

namespace mho::hw {

bool PacketFaults::apply(Packet& packet, Values& values) const {
  const std::int64_t position = packet.value;
  for (const PacketFault& fault : faults_) {
    const bool next = fault.kind == PacketFault::Kind::swap && position == fault.packet + 1;
    if (fault.edge != packet.edge || (position != fault.packet && !next)) continue;
    switch (fault.kind) {
      case PacketFault::Kind::drop:
        return false;
      case PacketFault::Kind::swap:
        packet.value += next ? -1 : 1;
        break;
      case PacketFault::Kind::misroute:
        packet.to = fault.target;
        break;
      case PacketFault::Kind::redirect:  // applied on arrival, by arrival_edge()
        break;
      case PacketFault::Kind::corrupt:
        if (!values.empty()) values.front() += 1.0F;
        break;
    }
    break;
  }
  return true;
}

int PacketFaults::arrival_edge(const Packet& packet) const {
  int edge = packet.edge;
  for (const PacketFault& fault : faults_) {
    if (fault.kind == PacketFault::Kind::redirect && fault.edge == edge && fault.packet == packet.value) edge = fault.target;
  }
  return edge;
}

}  // namespace mho::hw
