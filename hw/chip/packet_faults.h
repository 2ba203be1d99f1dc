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
  /// Applies the fault of a packet, if any, to the packet and its values before sending. packet.value must be the position. Returns false if the
  /// packet is dropped.
  [[nodiscard]] bool apply(Packet& packet, Values& values) const;
  /// The edge on which the packet arrives: packet.edge, unless a fault redirects it.
  [[nodiscard]] int arrival_edge(const Packet& packet) const;

 private:
  std::vector<PacketFault> faults_;
};

}  // namespace mho::hw
