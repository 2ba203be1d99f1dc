#include <cstdint>

#include "hw/noc/virtual_channel_network.h"

namespace mho::hw {

/// Route along one dimension of a torus, in the shorter direction; if both are equal, the position of the router decides. The dateline is the link
/// that closes the ring. A packet that crosses it uses the lower half of the channels up to and over it, and the upper half after it. Other packets
/// use one half all the way. So neither half of the channels closes the ring, and no channel of the upper half waits for one of the lower half.
template <class Mask, int Ports>
typename VirtualChannelNetwork<Mask, Ports>::Route VirtualChannelNetwork<Mask, Ports>::around(const PacketState& state, int here,
                                                                                              bool along_row) const {
  const std::size_t dimension = along_row ? 0 : 1;
  const int length = along_row ? columns_ : rows_;
  const int from = state.from[dimension], to = state.to[dimension];
  const int forward = to > here ? to - here : to - here + length;
  const bool ahead = 2 * forward < length || (2 * forward == length && (here & 1) == 0);
  const bool crosses = ahead ? from > to : from < to;
  const bool before = ahead ? here > to : here < to;
  const bool lower = crosses ? before : ((state.to[0] ^ state.to[1]) & 1) != 0;
  const int port = locals + (along_row ? 0 : 2) + (ahead ? 0 : 1);
  return {static_cast<std::uint8_t>(port), static_cast<std::uint8_t>(lower ? 1 : 2)};
}

template <class Mask, int Ports>
int VirtualChannelNetwork<Mask, Ports>::free_buffers(std::uint32_t router, int port, int message_class) const {
  int sum = 0;
  for (int i = 0; i < per_class_; ++i) sum += outputs_[slot(router, port, message_class * per_class_ + i)].credits;
  return sum;
}

/// Output and part of the channels that a packet uses next.
template <class Mask, int Ports>
typename VirtualChannelNetwork<Mask, Ports>::Route VirtualChannelNetwork<Mask, Ports>::route(std::uint32_t router, const PacketState& state) const {
  constexpr int first_row_port = locals, first_column_port = locals + 2;
  const int dx = state.to[0] - at_[router][0];
  const int dy = state.to[1] - at_[router][1];
  if (dx == 0 && dy == 0) return {state.port, 0};
  bool along_row = dx != 0 && (routing_ != NocRouting::yx || dy == 0);
  if (wraps_) return around(state, at_[router][along_row ? 0 : 1], along_row);
  const int by_row = first_row_port + (dx < 0 ? 1 : 0);
  const int by_column = first_column_port + (dy < 0 ? 1 : 0);
  if (routing_ == NocRouting::west_first && dx > 0 && dy != 0) {
    along_row = free_buffers(router, by_row, state.message_class) >= free_buffers(router, by_column, state.message_class);
  }
  return {static_cast<std::uint8_t>(along_row ? by_row : by_column), 0};
}

// The rest of the class is in virtual_channel_network.cpp.
#define MHO_ROUTING(Mask, Ports) \
  template typename VirtualChannelNetwork<Mask, Ports>::Route VirtualChannelNetwork<Mask, Ports>::route(std::uint32_t, const PacketState&) const;
MHO_ROUTING(std::uint16_t, 5)
MHO_ROUTING(std::uint64_t, 5)
MHO_ROUTING(std::uint16_t, 6)
MHO_ROUTING(std::uint64_t, 6)
MHO_ROUTING(std::uint16_t, 8)
MHO_ROUTING(std::uint64_t, 8)
#undef MHO_ROUTING

}  // namespace mho::hw
