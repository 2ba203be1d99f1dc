#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "hw/program.h"

namespace mho::hw {

/// A message on the network. The header (receiver, stream, position or credit count) is the first flit, the payload follows; a control message is its
/// header alone.
struct Packet {
  int from = 0;  ///< node
  int to = 0;    ///< node
  MessageClass message_class = MessageClass::activation;
  int flits = 1;             ///< header included
  int stream = 0;            ///< edge of the program
  std::int64_t value = 0;    ///< position, or number of credits in a control message
  std::int64_t created = 0;  ///< cycle
  int payload = -1;          ///< where the sender keeps the values it carries; -1: none
};

/// One input-queued virtual-channel wormhole router: buffers, route, allocation of virtual channels and of the switch, credits. It knows cycles but
/// no neighbours: the mesh pushes flits in and carries departures on.
///
/// A flit that arrives in cycle a as the head of its packet is allocated a virtual channel of the next router in cycle a (look-ahead routing), wins
/// the switch in a + 1, crosses it in a + 2 and the link in a + 3: it arrives at the next router in a + 4. With 5 stages route computation takes
/// cycle a. With 3 stages it bids for the switch in the cycle of its virtual-channel allocation, and loses to bids that hold their channel already.
/// Body flits follow the head's channel. Both allocators are separable, input first, with round-robin arbiters that move on when a grant is used
/// (Dally and Towles 2004, chapters 16 to 19). An output channel is free for the next packet once the tail is sent.
class Router {
 public:
  static constexpr int ports = 5;  ///< local, east, west, south, north
  static constexpr int local = 0;
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  struct Flit {
    std::int64_t arrival = 0;
    std::int32_t packet = 0;
    std::int8_t output = 0;  ///< port of this router, of a head flit
    std::int8_t message_class = 0;
    bool head = false;
    bool tail = false;
  };
  struct Departure {
    Flit flit;
    std::int16_t input = 0, input_vc = 0;
    std::int16_t output = 0, output_vc = 0;
  };

  Router(int stages, int channels_per_class, int buffer_flits);

  /// Stores a flit that arrives in flit.arrival (now or later). There must be a credit for it.
  void push(int port, int vc, const Flit& flit);
  void return_credit(int port, int vc) { ++outputs_[slot(port, vc)].credits; }

  /// One cycle; `departures` receives the flits that won the switch. Returns the next cycle in which this router can act, or `never`.
  std::int64_t step(std::int64_t now, std::vector<Departure>& departures);

  [[nodiscard]] bool empty() const { return flits_ == 0; }
  /// No flit, every output channel free with all its credits.
  [[nodiscard]] bool restored() const;

 private:
  struct Input {
    int first = 0;  ///< ring buffer: oldest flit
    int count = 0;
    bool active = false;  ///< holds an output channel
    std::int8_t output = 0;
    std::int16_t output_vc = 0;
    std::int64_t vc_ready = 0;      ///< head: first cycle of virtual-channel allocation
    std::int64_t switch_ready = 0;  ///< first cycle of switch allocation
    int preferred = 0;              ///< round robin over output channels
  };
  struct Output {
    bool busy = false;
    int credits = 0;
    int preferred = 0;  ///< round robin over input channels
  };
  /// Round-robin state of one switch allocator.
  struct Switch {
    std::array<std::array<int, ports>, ports> vc{};  ///< by input and output: channel to prefer; one turn for all outputs can starve a channel
    std::array<int, ports> output{};                 ///< by input
    std::array<int, ports> input{};                  ///< by output
  };
  using Grants = std::array<int, ports>;                       ///< by output: winning input, or none
  using Requests = std::array<std::array<int, ports>, ports>;  ///< [input][output]: channel that bids, or none
  static constexpr int none = -1;

  [[nodiscard]] std::size_t slot(int port, int vc) const { return static_cast<std::size_t>(port * channels_ + vc); }
  [[nodiscard]] const Flit& front(std::size_t input) const { return buffers_[input * depth_ + static_cast<std::size_t>(inputs_[input].first)]; }
  void present_head(Input& input, const Flit& flit, std::int64_t earliest) const;
  void bid_channel(std::size_t input, std::int64_t now);
  void grant_channels(std::int64_t now);
  void bid_switch(Requests& requests, const Switch& state, int port, int vc, int output) const;
  [[nodiscard]] Grants allocate(const Requests& requests, const Switch& state) const;
  void advance(Switch& state, int input, int vc, int output) const;
  void depart(int input, int vc, std::int64_t now, std::vector<Departure>& departures);

  int stages_;
  int per_class_;
  int channels_;
  std::size_t depth_;
  int flits_ = 0;
  std::vector<Flit> buffers_;  ///< [port][vc][depth]
  std::vector<Input> inputs_;  ///< [port][vc]
  std::vector<Output> outputs_;
  std::vector<std::pair<std::size_t, std::size_t>> bids_;  ///< (output channel, input channel) of this cycle
  Switch switch_;
  Switch speculative_;
};

}  // namespace mho::hw
