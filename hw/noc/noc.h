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

/// Receives the events at the ends of the network. It is called within a step, in the cycle of the event, and may send further packets.
class NocClient {
 public:
  virtual ~NocClient() = default;
  /// The packet's last flit has left the sender's network interface.
  virtual void packet_sent(const Packet& packet) = 0;
  /// The packet's last flit has been ejected at its receiver.
  virtual void packet_arrived(const Packet& packet) = 0;
};

struct NocOptions {
  /// true: a packet from a node to itself does not enter the network and arrives one cycle later. false: it passes through the router.
  bool bypass_self = true;
};

/// Cycle-level model of the network on chip: input-queued virtual-channel wormhole routers with credits, and a network interface at each node that
/// injects and ejects at most one flit per cycle. The caller passes the cycle to each call.
///
/// A head flit that arrives in cycle a is allocated a virtual channel of the next router in cycle a (look-ahead routing), wins the switch in a + 1,
/// crosses the switch in a + 2 and the link in a + 3, and arrives at the next router in a + 4. With 5 stages, route computation takes cycle a and
/// delays the rest by one cycle. With 3 stages, the head bids for the switch in the cycle of its channel allocation; bids of flits that already hold
/// a channel have priority. Body flits use the channel of the head. Both allocators are separable, input first, with round-robin arbiters that
/// advance when a grant is used (Dally and Towles 2004, chapters 16 to 19). An output channel is free for the next packet once the tail is sent.
/// Without contention, a packet of S flits that is created in cycle t and traverses H routers of p = 3, 4 or 5 stages has been ejected in cycle t + p
/// H + 2 + (S - 1).
///
/// With power gating, a head requests the next router in each cycle in which it bids for one of its channels. A network interface requests its own
/// router in each cycle in which it could inject a head. Nothing is granted before the router is on, so each gated router on the route adds its
/// wake-up time, minus the part that look-ahead hides. A router is held from the grant of one of its channels until the tail of the packet has
/// crossed its switch. Credit counters stay on.
class Noc {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  /// Creates the network of one chip. Throws std::logic_error unless a router has 1, 2 or 4 nodes.
  static std::unique_ptr<Noc> make(const Topology& topology, const NocParameters& parameters, const NocOptions& options = {});
  virtual ~Noc() = default;
  /// Sets the client, before the first packet. It outlives the last step.
  void connect(NocClient& client) { client_ = &client; }

  /// Creates a packet in cycle `now`, which is injected in a later cycle. Each network interface has an unlimited queue per message class. The caller
  /// must step cycle now + 1. A packet with receivers needs a network with multicast and at most `buffer_flits` flits, else std::logic_error; its
  /// sender may be one of the receivers.
  virtual void send(Packet packet, std::int64_t now) = 0;
  /// Executes cycle `now`. Returns the next cycle in which the state can change, or `never`. The caller may skip the cycles between.
  virtual std::int64_t step(std::int64_t now) = 0;

  [[nodiscard]] const Topology& topology() const { return topology_; }
  [[nodiscard]] virtual RouterActivity activity(int router) const = 0;
  /// Flits that left a router through a port since the start.
  [[nodiscard]] virtual std::uint64_t flits_through(int router, int port) const = 0;
  /// Power gates by router, up to cycle `now`, which must not be before the last step. Empty without power gating.
  [[nodiscard]] std::vector<GateActivity> gates(std::int64_t now) const;
  [[nodiscard]] std::uint64_t packets() const { return packets_sent_; }
  /// Sum over flits of the routers that they traversed.
  [[nodiscard]] std::uint64_t flit_hops() const;
  [[nodiscard]] std::uint64_t flits_injected() const { return flits_injected_; }
  /// Flits that routers added by copying multicast packets. Once the network has drained, ejected = injected + copied.
  [[nodiscard]] std::uint64_t flits_copied() const { return flits_copied_; }
  [[nodiscard]] std::uint64_t flits_ejected() const { return flits_ejected_; }
  /// Whether all buffers are empty, all virtual channels free and all credits returned. True some cycles after the last ejection.
  [[nodiscard]] virtual bool drained() const = 0;
  /// Counts the flits and credits of all channels, between two steps. Returns the first imbalance as text, or an empty text. Debug builds call it
  /// after each step.
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
