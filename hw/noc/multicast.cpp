#include <algorithm>
#include <cassert>
#include <cstdint>

#include "hw/noc/virtual_channel_network.h"

namespace mho::hw {

/// Outputs of a router to which a multicast packet is copied: those on the xy routes from its sender to its receivers. Along the sender's row the
/// packet is copied into every column that has a receiver; in a column the copies move away from that row.
template <class Mask, int Ports>
typename VirtualChannelNetwork<Mask, Ports>::Ports8 VirtualChannelNetwork<Mask, Ports>::tree(std::uint32_t router, std::size_t packet) const {
  const auto& from = packet_states_[packet].from;
  const auto [x, y] = at_[router];
  const auto between = [](int value, int a, int b) { return (a <= value && value <= b) || (b <= value && value <= a); };
  Ports8 outputs = 0;
  for (const Receiver& receiver : packets_[packet].receivers) {
    const Channel& place = place_of_[static_cast<std::size_t>(receiver.node)];
    const auto& to = at_[place.router];
    const bool on_row = y == from[1] && between(x, from[0], to[0]);
    const bool on_column = x == to[0] && between(y, from[1], to[1]);
    if (!on_row && !on_column) continue;
    const int output = x != to[0] ? locals + (to[0] < x ? 1 : 0) : y != to[1] ? locals + (to[1] < y ? 3 : 2) : place.port;
    outputs |= bit<Ports8>(output);
  }
  return outputs;
}

/// The subset of `channels` of an output whose buffers have room for the whole multicast packet at the front of an input (virtual cut-through).
template <class Mask, int Ports>
Mask VirtualChannelNetwork<Mask, Ports>::with_room_for_all(Mask channels, std::uint32_t router, int port, int vc, int output) const {
  const std::size_t index = slot(router, port, vc);
  const std::int32_t flits = packet_states_[buffers_[index * (ring_mask_ + 1U) + inputs_[index].first] >> 2U].flits;
  Mask room = channels;
  each(channels, [&](int other) {
    if (outputs_[slot(router, output, other)].credits < flits) room = static_cast<Mask>(room & ~bit<Mask>(other));
  });
  return room;
}

/// Sends a flit of a multicast packet to one of its outputs. The flit leaves the buffer when all outputs have sent it.
template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::depart_branch(std::uint32_t index, int port, int vc, int output, std::int64_t now) {
  Router& router = routers_[index];
  const std::size_t from = slot(index, port, vc);
  const auto out = static_cast<std::size_t>(output);
  InputVc& input = inputs_[from];
  Branches& here = branches(index, port, vc);
  const std::uint8_t output_vc = here.output_vc[out];
  OutputVc& channel = outputs_[slot(index, output, output_vc)];
  const auto flit_at = [&](unsigned i) { return buffers_[from * (ring_mask_ + 1U) + ((input.first + i) & ring_mask_)]; };
  const Flit flit = flit_at(here.sent[out]);
  ++moved_[index][out];
  const Channel& next = neighbours_[index][out];
  if (output < locals) {
    ejections_.add(now + switch_to_arrival, {{index, static_cast<std::uint8_t>(output), output_vc}, flit});
  } else {
    arrivals_.add(now + switch_to_arrival, {{next.router, next.port, output_vc}, flit});
  }
  --channel.credits;
  ++here.sent[out];
  if ((flit & tail_bit) != 0) {
    router.free[output] |= bit<Mask>(output_vc);
    router.ready.clear(port, output, vc);
    here.pending = static_cast<Ports8>(here.pending & ~bit<Ports8>(output));
    here.active = static_cast<Ports8>(here.active & ~bit<Ports8>(output));
  } else if (input.count > here.sent[out] && channel.credits > 0) {
    router.ready.set(port, output, vc);
  } else {
    router.ready.clear(port, output, vc);
  }
  // Flits that every branch has sent: at most one, because an input sends one flit a cycle.
  std::uint16_t everywhere = here.sent[out];
  each(here.pending, [&](int other) { everywhere = std::min(everywhere, here.sent[static_cast<std::size_t>(other)]); });
  if (everywhere == 0) {
    ++flits_copied_;
    return;
  }
  assert(everywhere == 1);
  for (std::uint16_t& sent : here.sent) sent = static_cast<std::uint16_t>(sent > 0 ? sent - 1 : 0);
  input.first = (input.first + 1U) & ring_mask_;
  --input.count;
  const Channel& upstream = neighbours_[index][static_cast<std::size_t>(port)];
  (port < locals ? returned_ : credits_).add(now + credit_delay, {upstream.router, upstream.port, static_cast<std::uint8_t>(vc)});
  if (here.pending != 0) return;
  if (gating_) gates_[index].release(now + switch_to_idle);
  if (input.count > 0) present({index, static_cast<std::uint8_t>(port), static_cast<std::uint8_t>(vc)}, input, flit_at(0), now + 1, now);
}

// The rest of the class is in virtual_channel_network.cpp.
#define MHO_MULTICAST(Mask, Ports)                                                                               \
  template std::uint8_t VirtualChannelNetwork<Mask, Ports>::tree(std::uint32_t, std::size_t) const;              \
  template Mask VirtualChannelNetwork<Mask, Ports>::with_room_for_all(Mask, std::uint32_t, int, int, int) const; \
  template void VirtualChannelNetwork<Mask, Ports>::depart_branch(std::uint32_t, int, int, int, std::int64_t);
MHO_MULTICAST(std::uint16_t, 5)
MHO_MULTICAST(std::uint64_t, 5)
MHO_MULTICAST(std::uint16_t, 6)
MHO_MULTICAST(std::uint64_t, 6)
MHO_MULTICAST(std::uint16_t, 8)
MHO_MULTICAST(std::uint64_t, 8)
#undef MHO_MULTICAST

}  // namespace mho::hw
