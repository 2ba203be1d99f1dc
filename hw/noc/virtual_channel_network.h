#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "hw/noc/bit_set.h"
#include "hw/noc/event_wheel.h"
#include "hw/noc/noc.h"

namespace mho::hw {

/// Cycles from winning the switch to arrival at the next router or ejection: the cycle of the allocation, the crossbar, the link.
inline constexpr std::int64_t switch_to_arrival = 3;
/// Cycles from the departure of a flit to the cycle in which the upstream router can use the credit. Together with switch_to_arrival, the credit loop
/// has 7 cycles for a head and 6 for a body flit.
inline constexpr std::int64_t credit_delay = 3;
inline constexpr std::int64_t injection_channel = 1;
/// Cycles from the tail winning the switch to the first cycle in which the router has no work for its packet.
inline constexpr std::int64_t switch_to_idle = 2;
inline constexpr int speculating_stages = 3;

/// Implementation of Noc for routers with `Ports` ports and at most as many virtual channels per port as Mask has bits. State is in flat arrays by
/// router and input or output channel. Masks mark the channels that can act, so the run time of a cycle is proportional to its activity.
template <class Mask, int Ports>
class VirtualChannelNetwork final : public Noc {
 public:
  VirtualChannelNetwork(const Topology& topology, const NocParameters& parameters, const NocOptions& options);
  void send(Packet packet, std::int64_t now) override;
  std::int64_t step(std::int64_t now) override;
  [[nodiscard]] RouterActivity activity(int router) const override;
  [[nodiscard]] std::uint64_t flits_through(int router, int port) const override {
    return moved_[static_cast<std::size_t>(router)][static_cast<std::size_t>(port)];
  }
  [[nodiscard]] bool drained() const override;
  [[nodiscard]] std::string imbalance() const override;

 private:
  using Flit = std::uint32_t;  ///< slot of the packet << 2 | head_bit | tail_bit
  static constexpr Flit head_bit = 1, tail_bit = 2;
  using Ports8 = std::uint8_t;  ///< bit set of ports
  static constexpr int locals = Ports - 4;
  static constexpr std::size_t port_count = Ports;
  static constexpr std::uint32_t edge = 0xFFFFFFFF;  ///< marks a port without a neighbour
  static_assert(locals >= 1 && Ports <= 8);

  /// The part of a packet that routing and injection read in each cycle.
  struct PacketState {
    std::int64_t created;
    std::int32_t flits;
    std::int32_t next;                     ///< packet behind it in the queue of its network interface; -1: none
    std::array<std::int16_t, 2> from, to;  ///< column and row of the first and the last router
    std::int32_t deliveries;               ///< multicast: receivers that have not got their copy
    std::uint8_t port;                     ///< local port of its last router
    std::uint8_t message_class;
  };
  struct InputVc {
    std::uint16_t first = 0;  ///< index of the oldest flit in the ring buffer
    std::uint16_t count = 0;
    std::uint16_t preferred = 0;  ///< round robin over output channels: output * channels + vc
    std::uint8_t output = 0;      ///< output port of the packet
    std::uint8_t output_vc = 0;
    std::uint8_t part = 0;  ///< index in allowed_: channels of its class that it may take
    bool active = false;    ///< holds an output channel
  };
  /// State of a multicast packet at an input channel: the outputs to which it is copied. Outputs send independently. A flit leaves the buffer once
  /// all of them have sent it.
  struct Branches {
    Ports8 pending = 0;  ///< outputs that have not sent the tail
    Ports8 active = 0;   ///< outputs that have been granted a channel
    std::array<std::uint8_t, port_count> output_vc{};
    std::array<std::uint16_t, port_count> sent{};  ///< by output: flits sent of those in the buffer
  };
  struct OutputVc {
    std::uint16_t credits = 0;
    std::uint16_t preferred = 0;  ///< round robin over input channels: port * channels + vc
    std::uint8_t owner_port = 0;  ///< input channel that holds this output channel, while it is not free
    std::uint8_t owner_vc = 0;
  };
  /// Round-robin state of one switch allocator.
  struct Switch {
    std::uint8_t vc[port_count][port_count] = {};  ///< [input][output]: preferred channel; one pointer for all outputs could starve a channel
    std::uint8_t output[port_count] = {};          ///< by input: preferred output
    std::uint8_t input[port_count] = {};           ///< by output: preferred input
  };
  /// Set of requesting channels by input and output, with summaries.
  struct Requests {
    Mask vcs[port_count][port_count] = {};  ///< [input][output]
    Ports8 outputs[port_count] = {};        ///< by input: outputs whose vcs are not empty
    Ports8 inputs = 0;                      ///< inputs whose outputs are not empty
    void set(int input, int output, int vc);
    void clear(int input, int output, int vc);
  };
  struct Router {
    Requests ready;  ///< input channels with a flit, an output channel and a credit
    Requests heads;  ///< input channels whose head waits for an output channel
    Mask free[port_count] = {};
    Switch turns;
  };
  /// A virtual channel of an input or output port of a router, or of a network interface.
  struct Channel {
    std::uint32_t router;  ///< number of the router or of the node
    std::uint8_t port, vc;
  };
  struct FlitTransfer {
    Channel to;
    Flit flit;
  };
  /// A packet from a node to itself, and the cycle of its arrival.
  struct Local {
    std::int64_t cycle;
    Packet packet;
  };
  /// Packets of one message class that wait at a network interface.
  struct Queue {
    std::int32_t first = -1, last = -1;
    std::int32_t next_flit = 0;  ///< number of the next flit of the front packet
    std::uint8_t vc = 0;         ///< channel of the front packet, once its head is sent
    std::uint8_t last_vc = 0;    ///< channel of the previous packet, for round robin
  };
  struct Interface {
    std::uint8_t turn = 0;     ///< message class to serve first
    std::uint8_t waiting = 0;  ///< bit set of the message classes with packets
  };
  struct Route {
    std::uint8_t output, part;
  };
  struct Work;
  struct CreditCheck;

  [[nodiscard]] std::size_t slot(std::size_t router, int port, int vc) const {
    return router * stride_ + static_cast<std::size_t>(port * channels_ + vc);
  }
  /// The port at the other end of the link of a port.
  static constexpr int opposite(int port) { return locals + ((port - locals) ^ 1); }
  /// Power gate of the neighbour at an output.
  [[nodiscard]] PowerGate& gate_behind(std::uint32_t router, int output) {
    return gates_[neighbours_[router][static_cast<std::size_t>(output)].router];
  }
  [[nodiscard]] bool is_multicast(int vc) const { return vc >= first_multicast_; }
  [[nodiscard]] Branches& branches(std::uint32_t router, int port, int vc) {
    return branches_[(router * static_cast<std::size_t>(Ports) + static_cast<std::size_t>(port)) * static_cast<std::size_t>(per_class_) +
                     static_cast<std::size_t>(vc - first_multicast_)];
  }
  void make_channel_sets();
  void make_routers(bool multicast);
  void make_interfaces();
  [[nodiscard]] Ports8 tree(std::uint32_t router, std::size_t packet) const;
  void deliver(std::uint32_t node, std::size_t packet);
  void ask(const Channel& channel, std::int64_t now);
  [[nodiscard]] bool choose_channel(Queue& queue, int message_class, int needed, const std::uint16_t* credits) const;
  void wake_ahead(std::uint32_t router, const PacketState& state, std::int64_t now);
  [[nodiscard]] Mask with_room_for_all(Mask channels, std::uint32_t router, int port, int vc, int output) const;
  void depart_branch(std::uint32_t router, int port, int vc, int output, std::int64_t now);
  [[nodiscard]] Route route(std::uint32_t router, const PacketState& state) const;
  [[nodiscard]] Route around(const PacketState& state, int here, bool along_row) const;
  [[nodiscard]] int free_buffers(std::uint32_t router, int port, int message_class) const;
  std::int32_t keep(Packet&& packet);
  void take_credit(const Channel& channel);
  void arrive(const FlitTransfer& transfer, std::int64_t now);
  void eject(std::int64_t now);
  void present(const Channel& channel, InputVc& input, Flit flit, std::int64_t arrival, std::int64_t now);
  bool inject(std::uint32_t node, std::int64_t now);
  bool step_router(std::uint32_t router, std::int64_t now);
  void bid_for_channels(std::uint32_t router, Work& work, std::int64_t now);
  void grant_channels(std::uint32_t router, Work& work);
  void speculate(std::uint32_t router, Work& work, std::int64_t now);
  void depart(std::uint32_t router, int port, int vc, int output, std::int64_t now);
  [[nodiscard]] std::int64_t next(std::int64_t now) const;

  NocRouting routing_;
  bool wraps_;
  int columns_, rows_;  ///< grid of routers
  int stages_;
  int per_class_;
  int classes_;
  int first_multicast_;  ///< first virtual channel of multicast packets; equal to channels_ without multicast
  int channels_;         ///< virtual channels per port, of all classes
  int depth_;
  bool gating_;         ///< whether routers have power gates
  int look_ahead_;      ///< routers after the next one that a head wakes on its route
  std::size_t stride_;  ///< virtual channels of all ports of a router
  std::uint16_t ring_mask_;
  std::vector<std::array<Mask, 3>> allowed_;  ///< by virtual channel of a head: all channels of its class, the lower half, the upper half
  std::array<Mask, message_classes + 1> class_channels_{};

  std::vector<Router> routers_;
  std::vector<Switch> speculative_;  ///< by router; only with 3 stages
  std::vector<InputVc> inputs_;      ///< [router][port][vc]
  std::vector<Branches> branches_;   ///< [router][port][vc of the multicast class]
  std::vector<OutputVc> outputs_;    ///< [router][port][vc]
  std::vector<Flit> buffers_;        ///< [router][port][vc][ring]
  std::vector<std::array<Channel, port_count>>
      neighbours_;  ///< by router and port: the router at the other end of the link and its port there; of a local port: the node
  std::vector<std::array<std::uint64_t, port_count>> moved_;  ///< flits sent, by router and output
  std::vector<std::uint64_t> injected_;                       ///< flits injected, by node
  BitSet live_routers_;

  std::vector<Interface> interfaces_;
  std::vector<Queue> queues_;                     ///< [node][message class, multicast last]
  std::vector<std::uint16_t> interface_credits_;  ///< [node][vc]
  BitSet live_interfaces_;

  std::vector<Packet> packets_;  ///< queued and in flight, by slot; slots are reused
  std::vector<PacketState> packet_states_;
  std::vector<std::int32_t> free_slots_;
  std::vector<Channel> place_of_;                ///< by node: router and local port
  std::vector<std::array<std::int16_t, 2>> at_;  ///< by router: column and row

  Wheel<FlitTransfer> arrivals_;
  Wheel<FlitTransfer> ejections_;
  Wheel<Channel> credits_;
  Wheel<Channel> returned_;  ///< credits to network interfaces
  Wheel<Channel> heads_;     ///< with 5 stages: input channels whose head bids for an output channel from that cycle on
  std::deque<Local> locals_;
};

}  // namespace mho::hw
