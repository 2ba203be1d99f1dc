#pragma once

#include <cstdint>
#include <vector>

#include "hw/spec/message_class.h"

namespace mho::hw {

/// One receiver of a multicast packet. A node may have several.
struct Receiver {
  int node = 0;
  int edge = 0;
  int payload = -1;
};

/// A message on the network. The first flit is the header (receiver, edge, position or number of credits); the payload follows. A control message has
/// only the header.
struct Packet {
  int from = 0;  ///< node
  int to = 0;    ///< node
  MessageClass message_class = MessageClass::activation;
  int flits = 1;                      ///< header included
  int edge = 0;                       ///< index in Program::edges
  std::int64_t value = 0;             ///< position, or number of credits in a control message
  std::int64_t created = 0;           ///< cycle of creation
  int payload = -1;                   ///< handle of its values at the sender (hw/chip/payload_store.h); -1: no values
  std::vector<Receiver> receivers{};  ///< of a multicast packet; each gets a copy addressed to it. Empty: `to` alone
  std::int64_t injected = 0;          ///< cycle in which its head left the sender's network interface
  /// Sender and receiver of a packet between chips, numbered through all chips; -1 for other packets. Such a packet crosses one mesh after the other,
  /// and `from` and `to` are its ends on the present mesh.
  int first = -1, last = -1;
};

}  // namespace mho::hw
