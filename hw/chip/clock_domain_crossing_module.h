#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <systemc>

#include "hw/cores/clocks_module.h"
#include "hw/noc/system_network_module.h"

namespace mho::hw {

/// A crossing into another clock domain, for packets and for notifications about them. An item leaves, in order, `cycles` cycles after the first edge
/// of the receiving clock that is not before the present time.
class ClockDomainCrossingModule : public sc_core::sc_module {
 public:
  struct Item {
    Packet packet;
    bool sent = false;  ///< true: notification that the packet has left its sender; false: the packet arrives
  };
  ClockDomainCrossingModule(sc_core::sc_module_name name, const periphery::Timeline& to, std::int64_t cycles, std::function<void(const Item&)> out);
  void put(const Item& item);

 private:
  void run() {
    to_.run([this] { deliver(); });
  }
  void deliver();
  const periphery::Timeline& to_;
  std::int64_t cycles_;
  std::function<void(const Item&)> out_;
  std::deque<std::pair<std::int64_t, Item>> items_;  ///< with the cycle in which they leave
  sc_core::sc_event event_;
};

/// Connects the cores, each in its own clock, to the network. Between different clocks, a packet and the notification that it was sent each pass a
/// synchroniser. Between equal clocks, core and network are connected directly. A packet from a node to itself stays in the clock of the node and
/// arrives one cycle later.
class ClockDomainCrossingsModule : public sc_core::sc_module, private MeshClient {
 public:
  ClockDomainCrossingsModule(sc_core::sc_module_name name, const Clocks& clocks, const ChipParameters& chip, SystemNetworkModule& network);
  /// Sets the client. It is called in the clock of the sender (packet sent) or receiver (packet arrived).
  void connect(MeshClient& client) { client_ = &client; }
  /// Call it in the clock of packet.from.
  void send(const Packet& packet);

 private:
  /// The crossings between the network and the cores of one kind.
  struct Crossings {
    std::unique_ptr<ClockDomainCrossingModule> to_network, from_network, local;
  };
  void packet_sent(const Packet& packet) override { pass({packet, true}, packet.from); }
  void packet_arrived(const Packet& packet) override { pass({packet, false}, packet.to); }
  void pass(const ClockDomainCrossingModule::Item& item, int node);
  void pass_to_client(const ClockDomainCrossingModule::Item& item);
  [[nodiscard]] Crossings& crossings(int node) { return crossings_[static_cast<std::size_t>(chip_.kind(node))]; }
  const ChipParameters& chip_;
  SystemNetworkModule& network_;
  MeshClient* client_ = nullptr;
  bool one_clock_ = true;
  std::array<Crossings, 3> crossings_;  ///< by kind of core; empty if its clock equals that of the network
};

}  // namespace mho::hw
