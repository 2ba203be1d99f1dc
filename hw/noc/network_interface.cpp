#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <utility>

#include "hw/noc/virtual_channel_network.h"

namespace mho::hw {

template <class Mask, int Ports>
VirtualChannelNetwork<Mask, Ports>::VirtualChannelNetwork(const Topology& topology, const NocParameters& parameters, const NocOptions& options)
    : Noc(topology, parameters, options),
      routing_(parameters.routing),
      wraps_(parameters.topology == NocTopology::torus),
      columns_(topology.columns()),
      rows_(topology.rows()),
      stages_(parameters.router_stages),
      per_class_(parameters.virtual_channels),
      classes_(network_classes(parameters)),
      first_multicast_(parameters.virtual_channels * message_classes),
      channels_(parameters.virtual_channels * classes_),
      depth_(parameters.buffer_flits),
      gating_(parameters.gating.on),
      look_ahead_(parameters.gating.on ? parameters.gating.look_ahead : 0),
      stride_(static_cast<std::size_t>(Ports * channels_)),
      ring_mask_(static_cast<std::uint16_t>(std::bit_ceil(static_cast<unsigned>(depth_)) - 1)),
      live_routers_(topology.routers()),
      live_interfaces_(topology.nodes()),
      arrivals_(static_cast<std::size_t>(topology.routers() * (Ports + locals))),
      ejections_(static_cast<std::size_t>(topology.nodes())),
      credits_(static_cast<std::size_t>(topology.routers() * (Ports + locals))),
      returned_(static_cast<std::size_t>(topology.nodes())),
      heads_(static_cast<std::size_t>(topology.routers() * (2 * Ports + locals))) {
  assert(topology.ports() == Ports);
  make_channel_sets();
  make_routers(parameters.multicast);
  make_interfaces();
}

/// The channels that a head may use, by the channel that it occupies.
template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::make_channel_sets() {
  for (int vc = 0; vc < channels_; ++vc) {
    const int first = vc / per_class_ * per_class_;
    std::array<Mask, 3> masks{};
    for (int i = 0; i < per_class_; ++i) {
      masks[0] |= bit<Mask>(first + i);
      masks[i < per_class_ / 2 ? 1 : 2] |= bit<Mask>(first + i);
    }
    allowed_.push_back(masks);
    class_channels_[static_cast<std::size_t>(vc / per_class_)] = masks[0];
  }
}

/// Routers with empty buffers and all credits, and the links between them.
template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::make_routers(bool multicast) {
  const auto routers = static_cast<std::size_t>(topology_.routers());
  Router router;
  for (int port = 0; port < Ports; ++port) {
    for (int vc = 0; vc < channels_; ++vc) router.free[port] |= bit<Mask>(vc);
  }
  routers_.assign(routers, router);
  if (stages_ == speculating_stages) speculative_.resize(routers);
  const std::size_t slots = slot(routers, 0, 0);
  inputs_.resize(slots);
  OutputVc output;
  output.credits = static_cast<std::uint16_t>(depth_);
  outputs_.assign(slots, output);
  if (multicast) branches_.resize(routers * static_cast<std::size_t>(Ports * per_class_));
  buffers_.resize(slots * (ring_mask_ + 1U));
  neighbours_.resize(routers);
  moved_.resize(routers);
  for (int r = 0; r < topology_.routers(); ++r) {
    for (int port = 0; port < Ports; ++port) {
      const int other = port < locals ? topology_.node_at(r, port) : topology_.neighbour(r, port);
      neighbours_[static_cast<std::size_t>(r)][static_cast<std::size_t>(port)] = {other < 0 ? edge : static_cast<std::uint32_t>(other),
                                                                                  static_cast<std::uint8_t>(port < locals ? 0 : opposite(port)), 0};
    }
    at_.push_back({static_cast<std::int16_t>(topology_.column(r)), static_cast<std::int16_t>(topology_.row(r))});
  }
}

/// A network interface for each node, with all credits of its router's buffers.
template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::make_interfaces() {
  const auto nodes = static_cast<std::size_t>(topology_.nodes());
  injected_.resize(nodes);
  interfaces_.resize(nodes);
  Queue queue;
  queue.last_vc = static_cast<std::uint8_t>(per_class_ - 1);
  queues_.assign(nodes * static_cast<std::size_t>(classes_), queue);
  interface_credits_.assign(nodes * static_cast<std::size_t>(channels_), static_cast<std::uint16_t>(depth_));
  for (int node = 0; node < topology_.nodes(); ++node) {
    place_of_.push_back({static_cast<std::uint32_t>(topology_.router_of(node)), static_cast<std::uint8_t>(topology_.port_of(node)), 0});
  }
}

template <class Mask, int Ports>
std::int32_t VirtualChannelNetwork<Mask, Ports>::keep(Packet&& packet) {
  PacketState state{};
  const Channel& place = place_of_[static_cast<std::size_t>(packet.to)];
  state.created = packet.created;
  state.flits = packet.flits;
  state.next = -1;
  state.from = at_[place_of_[static_cast<std::size_t>(packet.from)].router];
  state.to = at_[place.router];
  state.port = place.port;
  state.message_class = static_cast<std::uint8_t>(packet.receivers.empty() ? static_cast<int>(packet.message_class) : message_classes);
  state.deliveries = static_cast<std::int32_t>(packet.receivers.size());
  if (free_slots_.empty()) {
    packets_.push_back(std::move(packet));
    packet_states_.push_back(state);
    return static_cast<std::int32_t>(packets_.size() - 1);
  }
  const std::int32_t index = free_slots_.back();
  free_slots_.pop_back();
  packets_[static_cast<std::size_t>(index)] = std::move(packet);
  packet_states_[static_cast<std::size_t>(index)] = state;
  return index;
}

template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::send(Packet packet, std::int64_t now) {
  packet.created = now;
  const bool multicast = !packet.receivers.empty();
  if (multicast && (first_multicast_ == channels_ || packet.flits > depth_)) {
    throw std::logic_error("a multicast packet needs a network with multicast and must fit into a buffer");
  }
  if (packet.from == packet.to && options_.bypass_self && !multicast) {
    locals_.push_back({now + 1, std::move(packet)});
    return;
  }
  ++packets_sent_;
  const auto node = static_cast<std::uint32_t>(packet.from);
  const auto message_class = multicast ? std::size_t{message_classes} : static_cast<std::size_t>(packet.message_class);
  const std::int32_t index = keep(std::move(packet));
  Queue& queue = queues_[node * static_cast<std::size_t>(classes_) + message_class];
  if (queue.first < 0) {
    queue.first = index;
  } else {
    packet_states_[static_cast<std::size_t>(queue.last)].next = index;
  }
  queue.last = index;
  interfaces_[node].waiting |= bit<std::uint8_t>(static_cast<int>(message_class));
  live_interfaces_.set(node);
}

template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::eject(std::int64_t now) {
  for (const FlitTransfer& transfer : ejections_.at(now)) {
    ++flits_ejected_;
    credits_.add(now + credit_delay, transfer.to);
    if ((transfer.flit & tail_bit) == 0) continue;
    const auto index = transfer.flit >> 2U;
    if (is_multicast(transfer.to.vc)) {
      deliver(neighbours_[transfer.to.router][transfer.to.port].router, index);
      continue;
    }
    const Packet packet = std::move(packets_[index]);
    free_slots_.push_back(static_cast<std::int32_t>(index));
    client_->packet_arrived(packet);
  }
  ejections_.clear(now);
  for (; !locals_.empty() && locals_.front().cycle <= now;) {
    const Packet packet = std::move(locals_.front().packet);
    locals_.pop_front();
    client_->packet_sent(packet);
    client_->packet_arrived(packet);
  }
}

/// A copy of a multicast packet has arrived at a node.
template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::deliver(std::uint32_t node, std::size_t packet) {
  const Packet whole = packets_[packet];
  Packet copy = whole;
  copy.receivers.clear();
  for (const Receiver& receiver : whole.receivers) {
    if (receiver.node != static_cast<int>(node)) continue;
    copy.to = receiver.node;
    copy.edge = receiver.edge;
    copy.payload = receiver.payload;
    if (--packet_states_[packet].deliveries == 0) free_slots_.push_back(static_cast<std::int32_t>(packet));
    client_->packet_arrived(copy);
  }
}

/// Gives the front packet of a queue the next channel of its class, in round-robin order, with at least `needed` credits. False without one.
template <class Mask, int Ports>
bool VirtualChannelNetwork<Mask, Ports>::choose_channel(Queue& queue, int message_class, int needed, const std::uint16_t* credits) const {
  for (int tries = 1; tries <= per_class_; ++tries) {
    queue.vc = static_cast<std::uint8_t>(message_class * per_class_ + (queue.last_vc + tries) % per_class_);
    if (credits[queue.vc] < needed) continue;
    queue.last_vc = static_cast<std::uint8_t>(queue.vc % per_class_);
    return true;
  }
  return false;
}

/// Injects one flit at most. Returns whether another one may follow in the next cycle.
template <class Mask, int Ports>
bool VirtualChannelNetwork<Mask, Ports>::inject(std::uint32_t node, std::int64_t now) {
  Interface& interface = interfaces_[node];
  std::uint16_t* credits = &interface_credits_[node * static_cast<std::size_t>(channels_)];
  bool later = false;
  for (int i = 0; i < classes_; ++i) {
    const int turn = (interface.turn + i) % classes_;
    if ((interface.waiting & bit<std::uint8_t>(turn)) == 0) continue;
    Queue& queue = queues_[node * static_cast<std::size_t>(classes_) + static_cast<std::size_t>(turn)];
    const std::int32_t index = queue.first;
    PacketState& state = packet_states_[static_cast<std::size_t>(index)];
    const bool head = queue.next_flit == 0;
    if (head) {
      if (state.created >= now) {
        later = true;
        continue;
      }
      if (look_ahead_ > 0 && turn != message_classes) wake_ahead(place_of_[node].router, state, now);
      if (gating_ && !gates_[place_of_[node].router].ask(now)) {
        later = true;
        continue;
      }
      const int needed = turn == message_classes ? state.flits : 1;  // a multicast packet needs room for all its flits
      if (!choose_channel(queue, turn, needed, credits)) continue;   // a credit wakes the interface
      packets_[static_cast<std::size_t>(index)].injected = now;
      if (gating_) gates_[place_of_[node].router].hold();
    } else if (credits[queue.vc] == 0) {
      continue;
    }
    const bool tail = queue.next_flit + 1 == state.flits;
    --credits[queue.vc];
    ++flits_injected_;
    ++injected_[node];
    const Channel& place = place_of_[node];
    arrivals_.add(now + injection_channel,
                  {{place.router, place.port, queue.vc}, static_cast<Flit>(index) << 2U | (head ? head_bit : 0) | (tail ? tail_bit : 0)});
    interface.turn = after<std::uint8_t>(turn, classes_);
    ++queue.next_flit;
    if (tail) {
      queue.next_flit = 0;
      queue.first = state.next;
      if (queue.first < 0) interface.waiting = static_cast<std::uint8_t>(interface.waiting & ~bit<std::uint8_t>(turn));
      client_->packet_sent(Packet(packets_[static_cast<std::size_t>(index)]));
    }
    return interfaces_[node].waiting != 0;
  }
  return later;
}

/// Wakes the routers after `router` on the route of a packet, up to the look-ahead distance.
template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::wake_ahead(std::uint32_t router, const PacketState& state, std::int64_t now) {
  for (int i = 0; i < look_ahead_; ++i) {
    const int output = route(router, state).output;
    if (output < locals) return;
    router = neighbours_[router][static_cast<std::size_t>(output)].router;
    static_cast<void>(gates_[router].ask(now));
  }
}

// The rest of the class is in virtual_channel_network.cpp.
#define MHO_NETWORK_INTERFACE(Mask, Ports)                                                                                      \
  template VirtualChannelNetwork<Mask, Ports>::VirtualChannelNetwork(const Topology&, const NocParameters&, const NocOptions&); \
  template void VirtualChannelNetwork<Mask, Ports>::send(Packet, std::int64_t);                                                 \
  template void VirtualChannelNetwork<Mask, Ports>::eject(std::int64_t);                                                        \
  template void VirtualChannelNetwork<Mask, Ports>::wake_ahead(std::uint32_t, const PacketState&, std::int64_t);                \
  template bool VirtualChannelNetwork<Mask, Ports>::inject(std::uint32_t, std::int64_t);
MHO_NETWORK_INTERFACE(std::uint16_t, 5)
MHO_NETWORK_INTERFACE(std::uint16_t, 6)
MHO_NETWORK_INTERFACE(std::uint64_t, 5)
MHO_NETWORK_INTERFACE(std::uint64_t, 6)
MHO_NETWORK_INTERFACE(std::uint16_t, 8)
MHO_NETWORK_INTERFACE(std::uint64_t, 8)
#undef MHO_NETWORK_INTERFACE

}  // namespace mho::hw
