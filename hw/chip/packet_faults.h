#pragma once

#include <utility>
#include <vector>

#include "hw/noc/packet.h"
#include "hw/program/functional_interface.h"

namespace mho::hw {

/// Faults of single packets, applied between the stages and the network. At most one fault applies to a packet: the first of the list.
class PacketFaults {
 public:
  PacketFaults() = default;
  explicit PacketFaults(std::vector<PacketFault> faults) : faults_(std::move(faults)) {}
  [[nodiscard]] bool empty() const { return faults_.empty(); }
  /// Changes a packet, whose value is still its position, and its values before it is sent; false where it must not be sent.
  [[nodiscard]] bool apply(Packet& packet, Values& values) const;
  /// The edge on which the packet arrives: its own, unless a fault redirects it.
  [[nodiscard]] int arrival_edge(const Packet& packet) const;

 private:
  std::vector<PacketFault> faults_;
};

}  // namespace mho::hw
