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

/// From winning the switch to arrival at the next router or ejection: the rest of that cycle, the crossbar, the link.
inline constexpr std::int64_t switch_to_arrival = 3;
/// From a buffer slot becoming free to its credit being usable upstream: channel there and back in step, and one cycle of processing. With the
/// above it makes the credit loop of 7 cycles for a head and 6 for a body flit.
inline constexpr std::int64_t credit_delay = 3;
inline constexpr std::int64_t injection_channel = 1;
/// From the tail winning the switch to the first cycle without it.
inline constexpr std::int64_t switch_to_idle = 2;
inline constexpr int speculating_stages = 3;

/// The network for routers of `Ports` ports, at most as many virtual channels each as Mask has bits. All state lies in flat arrays, by router and
/// input or output channel; masks of channels say who can do something, so that a cycle costs what moves in it.
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
  using Flit = std::uint32_t;  ///< packet's slot, then bits head and tail
  static constexpr Flit head_bit = 1, tail_bit = 2;
  using Ports8 = std::uint8_t;  ///< set of ports
  static constexpr int locals = Ports - 4;
  static constexpr std::size_t port_count = Ports;
  static constexpr std::uint32_t edge = 0xFFFFFFFF;  ///< no router behind a port
  static_assert(locals >= 1 && Ports <= 8);

  /// What the route of a packet needs, apart from the packet itself.
  struct PacketState {
    std::int64_t created;
    std::int32_t flits;
    std::int32_t next;                     ///< in its interface's queue
    std::array<std::int16_t, 2> from, to;  ///< columns and rows of the routers at its ends
    std::int32_t deliveries;               ///< of a multicast packet, that are still to come
    std::uint8_t port;                     ///< local port of its last router
    std::uint8_t message_class;
  };
  struct InputVc {
    std::uint16_t first = 0;  ///< ring buffer: oldest flit
    std::uint16_t count = 0;
    std::uint16_t preferred = 0;  ///< round robin over output channels: output * channels + vc
    std::uint8_t output = 0;      ///< port that the packet leaves by
    std::uint8_t output_vc = 0;
    std::uint8_t part = 0;  ///< of the channels of its class that it may take
    bool active = false;    ///< holds an output channel
  };
  /// Beside the channel of an input that holds a multicast packet: the outputs it is copied to, each at its own pace. A flit leaves the buffer when
  /// the last of them has sent it.
  struct Branches {
    Ports8 pending = 0;  ///< have not sent the tail
    Ports8 active = 0;   ///< hold an output channel
    std::array<std::uint8_t, port_count> output_vc{};
    std::array<std::uint16_t, port_count> sent{};  ///< flits, of those in the buffer
  };
  struct OutputVc {
    std::uint16_t credits = 0;
    std::uint16_t preferred = 0;  ///< round robin over input channels: port * channels + vc
    std::uint8_t owner_port = 0;  ///< input channel that holds it, while it is not free
    std::uint8_t owner_vc = 0;
  };
  /// Round-robin state of one switch allocator.
  struct Switch {
    std::uint8_t vc[port_count][port_count] = {};  ///< by input and output: channel to prefer; one turn for all outputs can starve a channel
    std::uint8_t output[port_count] = {};          ///< by input
    std::uint8_t input[port_count] = {};           ///< by output
  };
  /// Channels by input and output that ask for something, with summaries.
  struct Requests {
    Mask vcs[port_count][port_count] = {};  ///< [input][output]
    Ports8 outputs[port_count] = {};        ///< by input: vcs not empty
    Ports8 inputs = 0;                      ///< outputs not empty
    void set(int input, int output, int vc);
    void clear(int input, int output, int vc);
  };
  struct Router {
    Requests ready;  ///< hold an output channel with credit and have a flit
    Requests heads;  ///< wait for an output channel
    Mask free[port_count] = {};
    Switch turns;
  };
  /// A virtual channel of a port: of a router's input or output, or of a node's interface.
  struct Channel {
    std::uint32_t router;  ///< or node
    std::uint8_t port, vc;
  };
  struct FlitTransfer {
    Channel to;
    Flit flit;
  };
  /// A packet to the sender's own node.
  struct Local {
    std::int64_t cycle;
    Packet packet;
  };
  /// Injection side of a node, one queue per message class.
  struct Queue {
    std::int32_t first = -1, last = -1;
    std::int32_t next_flit = 0;  ///< of the front packet
    std::uint8_t vc = 0;         ///< of the front packet, once its head is sent
    std::uint8_t last_vc = 0;    ///< of the packet before, for round robin
  };
  struct Interface {
    std::uint8_t turn = 0;     ///< class to serve first
    std::uint8_t waiting = 0;  ///< classes with packets
  };
  struct Route {
    std::uint8_t output, part;
  };
  struct Work;
  struct CreditCheck;

  [[nodiscard]] std::size_t slot(std::size_t router, int port, int vc) const {
    return router * stride_ + static_cast<std::size_t>(port * channels_ + vc);
  }
  /// The port at the other end of a link.
  static constexpr int opposite(int port) { return locals + ((port - locals) ^ 1); }
  /// Power gate of the router behind an output.
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
  int columns_, rows_;  ///< of routers
  int stages_;
  int per_class_;
  int classes_;
  int first_multicast_;  ///< virtual channel; behind the last one without multicast
  int channels_;         ///< virtual channels of a port, all classes
  int depth_;
  bool gating_;         ///< routers have power gates
  int look_ahead_;      ///< routers after the next one that a head wakes
  std::size_t stride_;  ///< channels of a router
  std::uint16_t ring_mask_;
  std::vector<std::array<Mask, 3>> allowed_;  ///< by virtual channel of a head: all channels of its class, the lower half, the upper half
  std::array<Mask, message_classes + 1> class_channels_{};

  std::vector<Router> routers_;
  std::vector<Switch> speculative_;  ///< by router, with 3 stages
  std::vector<InputVc> inputs_;      ///< [router][port][vc]
  std::vector<Branches> branches_;   ///< [router][port][vc of the multicast class]
  std::vector<OutputVc> outputs_;    ///< [router][port][vc]
  std::vector<Flit> buffers_;        ///< [router][port][vc][ring]
  std::vector<std::array<Channel, port_count>>
      neighbours_;  ///< by router and port: who is there and by which of its ports; a node's number at a local one
  std::vector<std::array<std::uint64_t, port_count>> moved_;  ///< flits by router and output
  std::vector<std::uint64_t> injected_;                       ///< flits by node
  BitSet live_routers_;

  std::vector<Interface> interfaces_;
  std::vector<Queue> queues_;                     ///< [node][message class, multicast last]
  std::vector<std::uint16_t> interface_credits_;  ///< [node][vc]
  BitSet live_interfaces_;

  std::vector<Packet> packets_;  ///< in flight; slots are reused
  std::vector<PacketState> packet_states_;
  std::vector<std::int32_t> free_slots_;
  std::vector<Channel> place_of_;                ///< by node: its router and local port
  std::vector<std::array<std::int16_t, 2>> at_;  ///< by router: column and row

  Wheel<FlitTransfer> arrivals_;
  Wheel<FlitTransfer> ejections_;
  Wheel<Channel> credits_;
  Wheel<Channel> returned_;  ///< credits to interfaces
  Wheel<Channel> heads_;     ///< inputs whose head asks for a channel from then on, with route computation
  std::deque<Local> locals_;
};

}  // namespace mho::hw
