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
  static constexpr std::size_t most_vcs = 8 * sizeof(Mask);
  Mask wanted[port_count] = {};          ///< by output: channels that have a bid
  Ports8 outputs = 0;                    ///< outputs that have a bid
  Input winner[port_count][most_vcs];    ///< by output channel wanted
  Input granted[port_count * most_vcs];  ///< inputs that were given a channel
  int grants = 0;
  Ports8 inputs_taken = 0, outputs_taken = 0;  ///< by the switch
  Requests guesses;                            ///< speculative bids for the switch
  bool again = false;                          ///< a head that lost may win in the next cycle

  /// Enters the bid of an input for channel `vc` of its output. Among several bidders, the first from `preferred` on in round-robin order wins.
  void bid(const Input& bidder, int vc, int preferred, int channels) {
    Input& best = winner[bidder.output][vc];
    if ((wanted[bidder.output] & bit<Mask>(vc)) == 0) {
      wanted[bidder.output] |= bit<Mask>(vc);
      outputs |= bit<Ports8>(bidder.output);
      best = bidder;
      return;
    }
    again = true;
    const auto distance = [&](const Input& input) {
      const int d = input.port * channels + input.vc - preferred;
      return d < 0 ? d + Ports * channels : d;
    };
    if (distance(bidder) < distance(best)) best = bidder;
  }
};

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

/// From now on the head at the front of a channel bids for channels of its output (multicast: of its outputs).
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

/// A head has reached the front of its buffer in cycle `arrival`.
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
void VirtualChannelNetwork<Mask, Ports>::arrive(const FlitTransfer& transfer, std::int64_t now) {
  const Channel& to = transfer.to;
  const std::size_t index = slot(to.router, to.port, to.vc);
  InputVc& input = inputs_[index];
  assert(input.count < depth_ && "a flit was sent without a credit");
  buffers_[index * (ring_mask_ + 1U) + ((input.first + input.count) & ring_mask_)] = transfer.flit;
  const int before = input.count++;
  if (is_multicast(to.vc) && !(before == 0 && (transfer.flit & head_bit) != 0)) {
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
  if ((transfer.flit & head_bit) != 0) {
    present(to, input, transfer.flit, now, now);
  } else if (outputs_[slot(to.router, input.output, input.output_vc)].credits > 0) {
    routers_[to.router].ready.set(to.port, input.output, to.vc);
    live_routers_.set(to.router);
  }
}

/// Every waiting head bids for one free channel of its output: its preferred one or the next free one after it.
template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::bid_for_channels(std::uint32_t index, Work& work, std::int64_t now) {
  Router& router = routers_[index];
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
        if (is_multicast(vc)) possible = with_room_for_all(possible, index, port, vc, output);
        if (possible == 0) return;
        const int turn = input.preferred - output * channels_;
        const int wanted = pick(possible, turn >= 0 && turn < channels_ ? turn : 0, channels_);
        const OutputVc& channel = outputs_[slot(index, output, wanted)];
        work.bid({static_cast<std::uint8_t>(port), static_cast<std::uint8_t>(vc), static_cast<std::uint8_t>(output)}, wanted, channel.preferred,
                 channels_);
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

/// Speculative bids of this cycle's heads succeed if no other flit uses the input or output and the head was given a channel with a credit.
template <class Mask, int Ports>
void VirtualChannelNetwork<Mask, Ports>::speculate(std::uint32_t index, Work& work, std::int64_t now) {
  Switch& turns = speculative_[index];
  Ports8 chosen[port_count] = {};
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
    if (!winner.active || outputs_[slot(index, output, winner.output_vc)].credits == 0) return;  // the speculation failed
    turns.vc[input][output] = after<std::uint8_t>(vc, channels_);
    turns.output[input] = after<std::uint8_t>(output, Ports);
    turns.input[output] = after<std::uint8_t>(input, Ports);
    depart(index, input, vc, output, now);
  });
}

/// One cycle of a router. Returns whether the router may act in the next cycle without a further event.
template <class Mask, int Ports>
bool VirtualChannelNetwork<Mask, Ports>::step_router(std::uint32_t index, std::int64_t now) {
  Router& router = routers_[index];
  Work work;
  if (router.heads.inputs != 0) {
    bid_for_channels(index, work, now);
    grant_channels(index, work);
  }
  if (router.ready.inputs != 0) {
    // Input-first allocation: each input chooses an output, then each output an input. The next channel in turn of that input sends.
    struct Move {
      std::uint8_t input, vc, output;
    };
    Move moves[port_count];
    int count = 0;
    Ports8 chosen[port_count] = {};
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
    if (is_multicast(granted.vc)) {  // its first flit has arrived, and the credits were checked
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
  for (const FlitTransfer& transfer : arrivals_.at(now)) arrive(transfer, now);
  arrivals_.clear(now);
  for (const Channel& channel : heads_.at(now)) ask(channel, now);
  heads_.clear(now);
  eject(now);
  // All delays between nodes are at least one cycle, so the order of nodes does not matter.
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
