#pragma once

#include <cstdint>
#include <vector>

#include "hw/spec/message_class.h"

namespace mho::hw {

/// Where a copy of a multicast packet goes; several may be at one node.
struct Receiver {
  int node = 0;
  int edge = 0;
  int payload = -1;
};

/// A message on the network. The header (receiver, edge, position or credit count) is the first flit, the payload follows; a control message is its
/// header alone.
struct Packet {
  int from = 0;  ///< node
  int to = 0;    ///< node
  MessageClass message_class = MessageClass::activation;
  int flits = 1;                      ///< header included
  int edge = 0;                       ///< index in Program::edges
  std::int64_t value = 0;             ///< position, or number of credits in a control message
  std::int64_t created = 0;           ///< cycle
  int payload = -1;                   ///< where the sender keeps the values it carries; -1: none
  std::vector<Receiver> receivers{};  ///< of a multicast packet, which arrives at each as a packet to it; empty: `to` alone
  std::int64_t injected = 0;          ///< cycle in which its head left the sender's interface
  /// A packet between chips crosses one mesh after the other, and `from` and `to` are its ends on the present one. These are its first and its last
  /// node, numbered through all chips. -1: the packet stays on its chip.
  int first = -1, last = -1;
};

}  // namespace mho::hw
