#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "hw/noc/packet.h"
#include "hw/spec/network_activity.h"
#include "hw/spec/parameters.h"
#include "hw/spec/power_gate.h"
#include "hw/spec/topology.h"

namespace mho::hw {

/// What happens at the ends of the network. Called from within a step, in the cycle of the event; may send further packets.
class NocClient {
 public:
  virtual ~NocClient() = default;
  /// The packet's last flit has left the sender's network interface.
  virtual void packet_sent(const Packet& packet) = 0;
  /// The packet's last flit has been ejected at its receiver.
  virtual void packet_arrived(const Packet& packet) = 0;
};

struct NocOptions {
  /// A packet from a node to itself does not enter the network and arrives one cycle later; else it crosses the router's local port.
  bool bypass_self = true;
};

/// The on-chip network, cycle by cycle: input-queued virtual-channel wormhole routers with credits, and a network interface at each node that injects
/// at most one flit a cycle and ejects one. No time of its own: the caller says which cycle it is.
///
/// A flit that arrives in cycle a as the head of its packet is allocated a virtual channel of the next router in cycle a (look-ahead routing), wins
/// the switch in a + 1, crosses it in a + 2 and the link in a + 3: it arrives at the next router in a + 4. With 5 stages route computation takes
/// cycle a. With 3 stages it bids for the switch in the cycle of its virtual-channel allocation, and loses to bids that hold their channel already.
/// Body flits follow the head's channel. Both allocators are separable, input first, with round-robin arbiters that move on when a grant is used
/// (Dally and Towles 2004, chapters 16 to 19). An output channel is free for the next packet once the tail is sent. So a packet created in cycle t
/// whose S flits traverse H routers without contention has been ejected in cycle t + p H + 2 + (S - 1) for routers of p = 3, 4 or 5 stages.
///
/// With power gating a head asks for the next router in the cycles in which it bids for a channel of it, an interface for its own in those in which
/// it would inject the head; nothing is granted before the router is on. So each gated router on the way costs its wake-up, but
/// for what looking ahead hides. A router is held from the grant of a channel of it until the packet's tail has crossed its switch; its credit
/// counters stay on.
class Noc {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  static std::unique_ptr<Noc> make(const Topology& topology, const NocParameters& parameters, const NocOptions& options = {});
  virtual ~Noc() = default;
  /// Must come before the first packet and outlive the network's steps.
  void connect(NocClient& client) { client_ = &client; }

  /// Creates a packet in cycle `now`; it is injected in a later one. The interface's queue, one per message class, is unlimited. The next step must
  /// come in cycle now + 1. A packet with receivers needs a network with multicast, and at most as many flits as a buffer holds; it may go to its
  /// sender, too.
  virtual void send(Packet packet, std::int64_t now) = 0;
  /// One cycle. Returns the next one in which something can happen, or `never`; those between may be left out.
  virtual std::int64_t step(std::int64_t now) = 0;

  [[nodiscard]] const Topology& topology() const { return topology_; }
  [[nodiscard]] virtual RouterActivity activity(int router) const = 0;
  /// Flits that left a router through a port since the beginning.
  [[nodiscard]] virtual std::uint64_t flits_through(int router, int port) const = 0;
  /// By router, up to cycle `now`, which must not be before the last step; empty without power gating.
  [[nodiscard]] std::vector<GateActivity> gates(std::int64_t now) const;
  [[nodiscard]] std::uint64_t packets() const { return packets_sent_; }
  /// Flits times the routers they traversed.
  [[nodiscard]] std::uint64_t flit_hops() const;
  [[nodiscard]] std::uint64_t flits_injected() const { return flits_injected_; }
  /// Flits that multicast packets became more where their routes part; what is ejected in the end is injected or a copy.
  [[nodiscard]] std::uint64_t flits_copied() const { return flits_copied_; }
  [[nodiscard]] std::uint64_t flits_ejected() const { return flits_ejected_; }
  /// Every buffer is empty, every virtual channel free and every credit back; holds a few cycles after the last ejection.
  [[nodiscard]] virtual bool drained() const = 0;
  /// Counts every flit and every credit of every channel, between two steps; says what does not add up, empty when all does. In builds for debugging
  /// each step ends with it.
  [[nodiscard]] virtual std::string imbalance() const = 0;

 protected:
  Noc(const Topology& topology, const NocParameters& parameters, const NocOptions& options);
  Topology topology_;
  NocOptions options_;
  NocClient* client_ = nullptr;
  std::vector<PowerGate> gates_;  ///< by router; empty without power gating
  std::uint64_t packets_sent_ = 0;
  std::uint64_t flits_injected_ = 0;
  std::uint64_t flits_copied_ = 0;
  std::uint64_t flits_ejected_ = 0;
};

}  // namespace mho::hw
