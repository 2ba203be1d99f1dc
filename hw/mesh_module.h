#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <systemc>
#include <vector>

#include "hw/activity.h"
#include "hw/parameters.h"
#include "hw/program.h"
#include "hw/router.h"
#include "periphery/timeline_module.h"

namespace mho::hw {

/// What happens at the ends of the network. Called from within the mesh's step, in the cycle of the event.
class MeshClient {
 public:
  virtual ~MeshClient() = default;
  /// The packet's last flit has left the sender's network interface.
  virtual void packet_sent(const Packet& packet) = 0;
  /// The packet's last flit has been ejected at its receiver.
  virtual void packet_arrived(const Packet& packet) = 0;
};

/// The on-chip network: a 2-D mesh of input-queued virtual-channel wormhole routers with XY routing and credits, one for each node, and a network
/// interface at each node that injects at most one flit a cycle and ejects one. One clocked process steps the routers that hold flits; it sleeps
/// until the next cycle in which something can happen. A packet created in cycle t whose S flits traverse H routers without contention has been
/// ejected in cycle t + p H + 2 + (S - 1) for routers of p = 3, 4 or 5 stages (p counts the link). Packets between two stages of one node do not
/// enter the network: they arrive one cycle later.
class MeshModule : public sc_core::sc_module {
 public:
  MeshModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, int width, int height, const NocParameters& parameters);
  void connect(MeshClient& client) { client_ = &client; }

  /// Creates a packet in the present cycle. The interface's queue, one per message class, is unlimited.
  void send(Packet packet);

  [[nodiscard]] const std::vector<RouterActivity>& routers() const { return activity_; }
  [[nodiscard]] std::uint64_t packets() const { return packets_sent_; }
  [[nodiscard]] std::uint64_t flit_hops() const { return flit_hops_; }
  [[nodiscard]] std::uint64_t flits_injected() const { return flits_injected_; }
  [[nodiscard]] std::uint64_t flits_ejected() const { return flits_ejected_; }
  /// Every buffer is empty, every virtual channel free and every credit back; settles a few cycles after the last ejection.
  [[nodiscard]] bool drained() const;

 private:
  struct Ejection {
    std::int64_t cycle;
    std::int32_t node;
    std::int32_t packet;
    std::int16_t vc;
    bool tail;
  };
  struct Credit {
    std::int64_t cycle;
    std::int32_t node;
    std::int16_t port;  ///< output port of the router, or the interface
    std::int16_t vc;
  };
  struct Local {
    std::int64_t cycle;
    Packet packet;
  };
  /// Injection side of a node.
  struct Interface {
    struct Queue {
      std::deque<std::int32_t> packets;
      int next_flit = 0;  ///< of the front packet
      int vc = 0;         ///< of the front packet, once its head is sent
      int last_vc = 0;    ///< of the packet before, for round robin
    };
    std::vector<Queue> queues;  ///< by message class
    std::vector<int> credits;   ///< by virtual channel
    int turn = 0;               ///< class to serve first
    std::int64_t wake = std::numeric_limits<std::int64_t>::max();
  };

  void step();
  void apply_credits(std::int64_t now);
  void eject(std::int64_t now);
  void inject(int node, std::int64_t now);
  void route(int node, std::int64_t now);
  void forward(int node, const Router::Departure& departure, std::int64_t now);
  [[nodiscard]] std::int32_t keep(const Packet& packet);
  [[nodiscard]] int output_towards(int node, int destination) const;
  [[nodiscard]] int neighbour(int node, int port) const;
  void arm(std::int64_t cycle);

  const periphery::Timeline& timeline_;
  int width_;
  int height_;
  NocParameters parameters_;
  int channels_;  ///< virtual channels of a port, all classes
  MeshClient* client_ = nullptr;
  std::vector<Router> routers_;
  std::vector<std::int64_t> wakes_;  ///< by node: next cycle its router can act
  std::vector<Interface> interfaces_;
  std::vector<Packet> packets_;  ///< in flight; slots are reused
  std::vector<std::int32_t> free_slots_;
  std::deque<Ejection> ejections_;  ///< all three are ordered by cycle, as each has one fixed delay
  std::deque<Credit> credits_;
  std::deque<Local> locals_;
  std::vector<Router::Departure> departures_;  ///< of one router and cycle
  std::vector<RouterActivity> activity_;
  std::uint64_t packets_sent_ = 0;
  std::uint64_t flit_hops_ = 0;
  std::uint64_t flits_injected_ = 0;
  std::uint64_t flits_ejected_ = 0;
  std::int64_t armed_ = std::numeric_limits<std::int64_t>::max();
  sc_core::sc_event event_;
};

}  // namespace mho::hw
