#include "hw/noc/virtual_channel_network.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>

namespace mho::hw {

template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::Requests::set(int input, int output, int vc) {
  vcs[input][output] |= bit<Mask>(vc);
  outputs[input] |= bit<Ports8>(output);
  inputs |= bit<Ports8>(input);
}

template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::Requests::clear(int input, int output, int vc) {
  Mask& mask = vcs[input][output];
  mask = static_cast<Mask>(mask & ~bit<Mask>(vc));
  if (mask != 0) return;
  outputs[input] = static_cast<Ports8>(outputs[input] & ~bit<Ports8>(output));
  if (outputs[input] == 0) inputs = static_cast<Ports8>(inputs & ~bit<Ports8>(input));
}

/// What one router does in one cycle.
template <class Mask, int Ports>
struct VirtualChannelNetwork<Mask, Ports>::Work {
  struct Input {
    std::uint8_t port, vc, output;
  };
  static constexpr int most_vcs = static_cast<int>(8 * sizeof(Mask));
  Mask wanted[Ports] = {};          ///< by output: channels that somebody bids for
  Ports8 outputs = 0;               ///< wanted not empty
  Input winner[Ports][most_vcs];    ///< by output channel wanted
  Input granted[Ports * most_vcs];  ///< inputs that were given a channel
  int grants = 0;
  Ports8 inputs_taken = 0, outputs_taken = 0;  ///< by the switch
  Requests guesses;                            ///< speculative bids for the switch
  bool again = false;                          ///< a head may have more luck in the next cycle
};

/// Along one dimension of a torus, the shorter way round; half way round packets go either way, by their place. The dateline is the link that closes
/// the ring. A packet that crosses it takes the lower half of the channels up to it and over it, the upper half after it; one that does not takes one
/// of the halves all the way. So neither half of the channels closes the ring, and no channel of the upper waits for one of the lower.
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

/// Output and part of the channels that a packet takes next.
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

template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::take_credit(const Channel& channel) {
  OutputVc& output = outputs_[slot(channel.router, channel.port, channel.vc)];
  Router& router = routers_[channel.router];
  if (++output.credits > 1 || (router.free[channel.port] & bit<Mask>(channel.vc)) != 0) return;
  const int sent = is_multicast(output.owner_vc) ? branches(channel.router, output.owner_port, output.owner_vc).sent[channel.port] : 0;
  if (inputs_[slot(channel.router, output.owner_port, output.owner_vc)].count == sent) return;
  router.ready.set(output.owner_port, channel.port, output.owner_vc);
  live_routers_.set(channel.router);
}

/// The head at the front of a channel bids for channels of its output, or outputs, from now on.
template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::ask(const Channel& channel, std::int64_t now) {
  Router& router = routers_[channel.router];
  live_routers_.set(channel.router);
  if (is_multicast(channel.vc)) {
    each(branches(channel.router, channel.port, channel.vc).pending, [&](int output) { router.heads.set(channel.port, output, channel.vc); });
    return;
  }
  const std::size_t index = slot(channel.router, channel.port, channel.vc);
  const InputVc& input = inputs_[index];
  router.heads.set(channel.port, input.output, channel.vc);
  if (look_ahead_ > 0 && input.output >= locals) {
    wake_ahead(neighbours_[channel.router][input.output].router, packet_states_[buffers_[index * (ring_mask_ + 1U) + input.first] >> 2U], now);
  }
}

/// A head has come to the front of its buffer, where it was in cycle `arrival`.
template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::present(const Channel& channel, InputVc& input, Flit flit, std::int64_t arrival, std::int64_t now) {
  if (is_multicast(channel.vc)) {
    Branches& tree_here = branches(channel.router, channel.port, channel.vc);
    tree_here = {};
    tree_here.pending = tree(channel.router, flit >> 2U);
  } else {
    const Route taken = route(channel.router, packet_states_[flit >> 2U]);
    input.output = taken.output;
    input.part = taken.part;
  }
  constexpr int route_computing_stages = 5;
  if (stages_ == route_computing_stages) {
    heads_.add(arrival + 1, channel);
  } else {
    ask(channel, now);
  }
}

template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::arrive(const FlitTransfer& passage, std::int64_t now) {
  const Channel& to = passage.to;
  const std::size_t index = slot(to.router, to.port, to.vc);
  InputVc& input = inputs_[index];
  assert(input.count < depth_ && "a flit was sent without a credit");
  buffers_[index * (ring_mask_ + 1U) + ((input.first + input.count) & ring_mask_)] = passage.flit;
  const int before = input.count++;
  if (is_multicast(to.vc) && !(before == 0 && (passage.flit & head_bit) != 0)) {
    const Branches& tree_here = branches(to.router, to.port, to.vc);
    each(tree_here.active, [&](int output) {
      const auto out = static_cast<std::size_t>(output);
      if (tree_here.sent[out] != before || outputs_[slot(to.router, output, tree_here.output_vc[out])].credits == 0) return;
      routers_[to.router].ready.set(to.port, output, to.vc);
      live_routers_.set(to.router);
    });
    return;
  }
  if (before != 0) return;
  if ((passage.flit & head_bit) != 0) {
    present(to, input, passage.flit, now, now);
  } else if (outputs_[slot(to.router, input.output, input.output_vc)].credits > 0) {
    routers_[to.router].ready.set(to.port, input.output, to.vc);
    live_routers_.set(to.router);
  }
}

/// Every head that waits asks for one free channel of its output: its preferred one or the next free after it.
template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::bid_for_channels(std::uint32_t index, Work& work, std::int64_t now) {
  Router& router = routers_[index];
  const int all = Ports * channels_;
  each(router.heads.inputs, [&](int port) {
    each(router.heads.outputs[port], [&](int output) {
      const Mask free = router.free[output];
      if (free == 0) return;
      if (gating_ && output >= locals && !gate_behind(index, output).ask(now)) return;
      Mask open = 0;  // channels of classes that have a free one
      for (const Mask channels : class_channels_) open |= (free & channels) != 0 ? channels : Mask{0};
      each(static_cast<Mask>(router.heads.vcs[port][output] & open), [&](int vc) {
        const InputVc& input = inputs_[slot(index, port, vc)];
        auto possible = static_cast<Mask>(free & allowed_[static_cast<std::size_t>(vc)][input.part]);
        if (is_multicast(vc)) {  // virtual cut-through: the next buffer must have room for all of it
          const std::int32_t flits = packet_states_[buffers_[slot(index, port, vc) * (ring_mask_ + 1U) + input.first] >> 2U].flits;
          each(possible, [&](int other) {
            if (outputs_[slot(index, output, other)].credits < flits) possible = static_cast<Mask>(possible & ~bit<Mask>(other));
          });
        }
        if (possible == 0) return;
        const int turn = input.preferred - output * channels_;
        const int wanted = pick(possible, turn >= 0 && turn < channels_ ? turn : 0, channels_);
        const OutputVc& channel = outputs_[slot(index, output, wanted)];
        const typename Work::Input bidder{static_cast<std::uint8_t>(port), static_cast<std::uint8_t>(vc), static_cast<std::uint8_t>(output)};
        typename Work::Input& winner = work.winner[output][wanted];
        if ((work.wanted[output] & bit<Mask>(wanted)) == 0) {
          work.wanted[output] |= bit<Mask>(wanted);
          work.outputs |= bit<Ports8>(output);
          winner = bidder;
        } else {
          work.again = true;
          const auto distance = [&](const typename Work::Input& who) {
            const int d = who.port * channels_ + who.vc - channel.preferred;
            return d < 0 ? d + all : d;
          };
          if (distance(bidder) < distance(winner)) winner = bidder;
        }
        if (stages_ == speculating_stages && channel.credits > 0 && !is_multicast(vc)) work.guesses.set(port, output, vc);
      });
    });
  });
}

template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::grant_channels(std::uint32_t index, Work& work) {
  Router& router = routers_[index];
  const int all = Ports * channels_;
  each(work.outputs, [&](int output) {
    each(work.wanted[output], [&](int vc) {
      const typename Work::Input winner = work.winner[output][vc];
      InputVc& input = inputs_[slot(index, winner.port, winner.vc)];
      OutputVc& channel = outputs_[slot(index, output, vc)];
      channel.owner_port = winner.port;
      channel.owner_vc = winner.vc;
      channel.preferred = after<std::uint16_t>(winner.port * channels_ + winner.vc, all);
      input.preferred = after<std::uint16_t>(output * channels_ + vc, all);
      if (is_multicast(winner.vc)) {
        Branches& tree_here = branches(index, winner.port, winner.vc);
        tree_here.active |= bit<Ports8>(output);
        tree_here.output_vc[static_cast<std::size_t>(output)] = static_cast<std::uint8_t>(vc);
      } else {
        input.active = true;
        input.output_vc = static_cast<std::uint8_t>(vc);
      }
      if (gating_ && output >= locals) gate_behind(index, output).hold();
      router.heads.clear(winner.port, output, winner.vc);
      work.granted[work.grants++] = winner;
    });
    router.free[output] = static_cast<Mask>(router.free[output] & ~work.wanted[output]);
  });
}

template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::depart(std::uint32_t index, int port, int vc, int output, std::int64_t now) {
  Router& router = routers_[index];
  const std::size_t from = slot(index, port, vc);
  InputVc& input = inputs_[from];
  OutputVc& channel = outputs_[slot(index, output, input.output_vc)];
  const Flit flit = buffers_[from * (ring_mask_ + 1U) + input.first];
  const Channel here{index, static_cast<std::uint8_t>(port), static_cast<std::uint8_t>(vc)};
  ++moved_[index][static_cast<std::size_t>(output)];
  const Channel& upstream = neighbours_[index][static_cast<std::size_t>(port)];
  (port < locals ? returned_ : credits_).add(now + credit_delay, {upstream.router, upstream.port, here.vc});
  if (output < locals) {
    ejections_.add(now + switch_to_arrival, {{index, static_cast<std::uint8_t>(output), input.output_vc}, flit});
  } else {
    const Channel& next = neighbours_[index][static_cast<std::size_t>(output)];
    arrivals_.add(now + switch_to_arrival, {{next.router, next.port, input.output_vc}, flit});
  }
  --channel.credits;
  --input.count;
  input.first = (input.first + 1U) & ring_mask_;
  if ((flit & tail_bit) != 0) {
    router.free[output] |= bit<Mask>(input.output_vc);  // seen by the next cycle's channel allocation
    router.ready.clear(port, output, vc);
    input.active = false;
    if (gating_) gates_[index].release(now + switch_to_idle);
    if (input.count > 0) present(here, input, buffers_[from * (ring_mask_ + 1U) + input.first], now + 1, now);
  } else if (input.count > 0 && channel.credits > 0) {
    router.ready.set(port, output, vc);
  } else {
    router.ready.clear(port, output, vc);
  }
}

/// A flit of a multicast packet goes to one of its outputs; it leaves the buffer with the last of them.
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
  // Flits that every branch has sent: one at most, as an input sends one flit a cycle.
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

/// Bids of this cycle's heads go through where no other flit takes the input or output, and the head got a channel that has a credit.
template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::speculate(std::uint32_t index, Work& work, std::int64_t now) {
  Switch& turns = speculative_[index];
  Ports8 chosen[Ports] = {};
  Ports8 outputs = 0;
  each(work.guesses.inputs, [&](int input) {
    const int output = pick(work.guesses.outputs[input], turns.output[input], Ports);
    chosen[output] |= bit<Ports8>(input);
    outputs |= bit<Ports8>(output);
  });
  each(outputs, [&](int output) {
    const int input = pick(chosen[output], turns.input[output], Ports);
    if ((work.inputs_taken & bit<Ports8>(input)) != 0 || (work.outputs_taken & bit<Ports8>(output)) != 0) return;
    const int vc = pick(work.guesses.vcs[input][output], turns.vc[input][output], channels_);
    const InputVc& winner = inputs_[slot(index, input, vc)];
    if (!winner.active || outputs_[slot(index, output, winner.output_vc)].credits == 0) return;  // guessed wrong
    turns.vc[input][output] = after<std::uint8_t>(vc, channels_);
    turns.output[input] = after<std::uint8_t>(output, Ports);
    turns.input[output] = after<std::uint8_t>(input, Ports);
    depart(index, input, vc, output, now);
  });
}

/// One cycle of a router; answers whether it may act in the next one without a further event.
template <class Mask, int Ports>
bool VirtualChannelNetwork<Mask, Ports>::step_router(std::uint32_t index, std::int64_t now) {
  Router& router = routers_[index];
  Work work;
  if (router.heads.inputs != 0) {
    bid_for_channels(index, work, now);
    grant_channels(index, work);
  }
  if (router.ready.inputs != 0) {
    // Input first: each input chooses an output, then each output an input; of the channels of that input the one next in turn.
    struct Move {
      std::uint8_t input, vc, output;
    };
    Move moves[Ports];
    int count = 0;
    Ports8 chosen[Ports] = {};
    Ports8 outputs = 0;
    Switch& turns = router.turns;
    each(router.ready.inputs, [&](int input) {
      const int output = pick(router.ready.outputs[input], turns.output[input], Ports);
      chosen[output] |= bit<Ports8>(input);
      outputs |= bit<Ports8>(output);
    });
    each(outputs, [&](int output) {
      const int input = pick(chosen[output], turns.input[output], Ports);
      const int vc = pick(router.ready.vcs[input][output], turns.vc[input][output], channels_);
      turns.vc[input][output] = after<std::uint8_t>(vc, channels_);
      turns.output[input] = after<std::uint8_t>(output, Ports);
      turns.input[output] = after<std::uint8_t>(input, Ports);
      work.inputs_taken |= bit<Ports8>(input);
      moves[count++] = {static_cast<std::uint8_t>(input), static_cast<std::uint8_t>(vc), static_cast<std::uint8_t>(output)};
    });
    work.outputs_taken = outputs;
    for (int i = 0; i < count; ++i) {
      if (is_multicast(moves[i].vc)) {
        depart_branch(index, moves[i].input, moves[i].vc, moves[i].output, now);
      } else {
        depart(index, moves[i].input, moves[i].vc, moves[i].output, now);
      }
    }
  }
  if (work.guesses.inputs != 0) speculate(index, work, now);
  for (int i = 0; i < work.grants; ++i) {
    const typename Work::Input granted = work.granted[i];
    const InputVc& input = inputs_[slot(index, granted.port, granted.vc)];
    if (is_multicast(granted.vc)) {  // its first flit is here, and the credits were looked at
      router.ready.set(granted.port, granted.output, granted.vc);
      continue;
    }
    if (!input.active || input.count == 0 || outputs_[slot(index, input.output, input.output_vc)].credits == 0) continue;
    router.ready.set(granted.port, input.output, granted.vc);
  }
  return router.ready.inputs != 0 || work.again || router.heads.inputs != 0;
}

template <class Mask, int Ports>
std::int64_t VirtualChannelNetwork<Mask, Ports>::next(std::int64_t now) const {
  if (live_routers_.any() || live_interfaces_.any()) return now + 1;
  for (std::int64_t cycle = now + 1; cycle <= now + 3; ++cycle) {
    const bool idle = arrivals_.empty(cycle) && ejections_.empty(cycle) && credits_.empty(cycle) && returned_.empty(cycle) && heads_.empty(cycle);
    if (!idle || (!locals_.empty() && locals_.front().cycle <= cycle)) return cycle;
  }
  return never;
}

template <class Mask, int Ports>
std::int64_t VirtualChannelNetwork<Mask, Ports>::step(std::int64_t now) {
  for (const Channel& channel : credits_.at(now)) take_credit(channel);
  credits_.clear(now);
  for (const Channel& channel : returned_.at(now)) {
    ++interface_credits_[channel.router * static_cast<std::size_t>(channels_) + channel.vc];
    if (interfaces_[channel.router].waiting != 0) live_interfaces_.set(channel.router);
  }
  returned_.clear(now);
  for (const FlitTransfer& passage : arrivals_.at(now)) arrive(passage, now);
  arrivals_.clear(now);
  for (const Channel& channel : heads_.at(now)) ask(channel, now);
  heads_.clear(now);
  eject(now);
  // All delays between nodes are at least a cycle, so the order of nodes does not matter.
  live_interfaces_.each([&](std::uint32_t node) {
    if (!inject(node, now)) live_interfaces_.clear(node);
  });
  live_routers_.each([&](std::uint32_t router) {
    if (!step_router(router, now)) live_routers_.clear(router);
  });
#ifdef MHO_DEBUG
  const std::string wrong = imbalance();
  if (!wrong.empty()) throw std::logic_error("network: " + wrong);
#endif
  return next(now);
}

template class VirtualChannelNetwork<std::uint16_t, 5>;
template class VirtualChannelNetwork<std::uint64_t, 5>;
template class VirtualChannelNetwork<std::uint16_t, 6>;
template class VirtualChannelNetwork<std::uint64_t, 6>;
template class VirtualChannelNetwork<std::uint16_t, 8>;
template class VirtualChannelNetwork<std::uint64_t, 8>;

}  // namespace mho::hw
