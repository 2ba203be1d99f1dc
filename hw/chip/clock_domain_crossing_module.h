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

/// Packets, or news of them, on their way into another clock domain: what is put in comes out `cycles` after the first edge of the receiving clock
/// that is not before the present time, in order.
class ClockDomainCrossingModule : public sc_core::sc_module {
 public:
  struct Item {
    Packet packet;
    bool sent = false;  ///< the news that it has left; else that it is here
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
  std::deque<std::pair<std::int64_t, Item>> items_;  ///< by the cycle in which they come out
  sc_core::sc_event event_;
};

/// The network as the cores see it, each in its own clock. Between two clocks a packet pays a synchroniser, and so does the news that it was sent;
/// where the clocks are the same nothing is between core and network. What a node sends to itself stays in its clock and arrives a cycle later.
class ClockDomainCrossingsModule : public sc_core::sc_module, private MeshClient {
 public:
  ClockDomainCrossingsModule(sc_core::sc_module_name name, const Clocks& clocks, const ChipParameters& chip, SystemNetworkModule& network);
  /// The client is called in the clock of the node that a packet concerns.
  void connect(MeshClient& client) { client_ = &client; }
  /// In the clock of packet.from.
  void send(const Packet& packet);

 private:
  /// Between the network and the cores of one kind.
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
  std::array<Crossings, 3> crossings_;  ///< by kind of core; empty where its clock is the network's
};

}  // namespace mho::hw
