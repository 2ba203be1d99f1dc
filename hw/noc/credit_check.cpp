#include <fmt/format.h>

#include <algorithm>

#include "hw/noc/virtual_channel_network.h"

namespace mho::hw {

template <class Mask, int Ports>
RouterActivity VirtualChannelNetwork<Mask, Ports>::activity(int router) const {
  const auto index = static_cast<std::size_t>(router);
  RouterActivity activity;
  for (int port = 0; port < Ports; ++port) {
    const std::uint64_t flits = moved_[index][static_cast<std::size_t>(port)];
    activity.buffer_reads += flits;
    if (port < locals) {
      activity.buffer_writes += injected_[static_cast<std::size_t>(topology_.node_at(router, port))];
      continue;
    }
    activity.link_flits += flits;
    const std::uint32_t other = neighbours_[index][static_cast<std::size_t>(port)].router;
    if (other != edge) activity.buffer_writes += moved_[other][static_cast<std::size_t>(opposite(port))];
  }
  activity.crossbar_traversals = activity.arbitrations = activity.buffer_reads;
  return activity;
}

template <class Mask, int Ports>
bool VirtualChannelNetwork<Mask, Ports>::drained() const {
  if (!credits_.empty() || !returned_.empty() || !ejections_.empty() || !arrivals_.empty() || !locals_.empty()) return false;
  const auto full = [this](std::uint16_t credits) { return credits == depth_; };
  return flits_injected_ + flits_copied_ == flits_ejected_ && std::all_of(interface_credits_.begin(), interface_credits_.end(), full) &&
         std::all_of(interfaces_.begin(), interfaces_.end(), [](const Interface& interface) { return interface.waiting == 0; }) &&
         std::all_of(inputs_.begin(), inputs_.end(), [](const InputVc& input) { return input.count == 0; }) &&
         std::all_of(gates_.begin(), gates_.end(), [](const PowerGate& gate) { return !gate.held(); }) &&
         std::all_of(outputs_.begin(), outputs_.end(), [&](const OutputVc& output) { return full(output.credits); });
}

template <class Mask, int Ports>
std::string VirtualChannelNetwork<Mask, Ports>::imbalance() const {
  // Credits, flits and returning credits of a channel make up its buffer, wherever they are; by output channel of a router, then by interface.
  std::vector<int> sums(outputs_.size());
  std::vector<int> interface_sums(interface_credits_.begin(), interface_credits_.end());
  std::uint64_t flits = 0;
  const auto at_interface = [&](std::uint32_t node, int vc) -> int& {
    return interface_sums[node * static_cast<std::size_t>(channels_) + static_cast<std::size_t>(vc)];
  };
  // Who sends into an input.
  const auto sender = [&](std::uint32_t router, int port, int vc) -> int& {
    if (port < locals) return at_interface(static_cast<std::uint32_t>(topology_.node_at(static_cast<int>(router), port)), vc);
    return sums[slot(neighbours_[router][static_cast<std::size_t>(port)].router, opposite(port), vc)];
  };
  for (std::size_t i = 0; i < outputs_.size(); ++i) sums[i] = outputs_[i].credits;
  arrivals_.each([&](const FlitTransfer& passage) {
    ++sender(passage.to.router, passage.to.port, passage.to.vc);
    ++flits;
  });
  ejections_.each([&](const FlitTransfer& passage) {
    ++sums[slot(passage.to.router, passage.to.port, passage.to.vc)];
    ++flits;
  });
  credits_.each([&](const Channel& channel) { ++sums[slot(channel.router, channel.port, channel.vc)]; });
  returned_.each([&](const Channel& channel) { ++at_interface(channel.router, channel.vc); });
  for (std::uint32_t r = 0; r < routers_.size(); ++r) {
    for (int port = 0; port < Ports; ++port) {
      if (port >= locals && neighbours_[r][static_cast<std::size_t>(port)].router == edge) continue;
      for (int vc = 0; vc < channels_; ++vc) {
        const InputVc& input = inputs_[slot(r, port, vc)];
        sender(r, port, vc) += input.count;
        flits += input.count;
        if (gating_ && input.count > 0 && !gates_[r].held()) return fmt::format("router {}: may be gated with {} flits in it", r, input.count);
        const auto one = static_cast<Mask>(Mask{1} << static_cast<unsigned>(vc));
        if (is_multicast(vc) || !input.active) continue;
        const OutputVc& output = outputs_[slot(r, input.output, input.output_vc)];
        const bool held = (routers_[r].free[input.output] >> input.output_vc & 1U) == 0 && output.owner_port == port && output.owner_vc == vc;
        if (!held) return fmt::format("router {}: input channel {}.{} holds an output channel that does not know of it", r, port, vc);
        const bool ready = (routers_[r].ready.vcs[port][input.output] & one) != 0;
        if (ready != (input.count > 0 && output.credits > 0)) {
          return fmt::format("router {}: input channel {}.{} with {} flits and {} credits {}", r, port, vc, input.count, output.credits,
                             ready ? "bids for the switch" : "is forgotten");
        }
      }
    }
  }
  for (std::uint32_t r = 0; r < routers_.size(); ++r) {
    for (int port = 0; port < Ports; ++port) {
      for (int vc = 0; vc < channels_; ++vc) {
        const int sum = sums[slot(r, port, vc)];
        if (sum != depth_)
          return fmt::format("router {}: output channel {}.{} has {} credits and flits for a buffer of {}", r, port, vc, sum, depth_);
      }
    }
  }
  for (std::size_t i = 0; i < interface_sums.size(); ++i) {
    if (interface_sums[i] != depth_) {
      return fmt::format("interface of node {}: channel {} has {} credits and flits for a buffer of {}", i / static_cast<std::size_t>(channels_),
                         i % static_cast<std::size_t>(channels_), interface_sums[i], depth_);
    }
  }
  if (flits_injected_ + flits_copied_ - flits_ejected_ != flits) {
    return fmt::format("{} flits were injected, {} copied and {} ejected, and {} are on their way", flits_injected_, flits_copied_, flits_ejected_,
                       flits);
  }
  return "";
}

// The rest of the class is in network.cpp.
#define MHO_AUDIT(Mask, Ports)                                                            \
  template RouterActivity VirtualChannelNetwork<Mask, Ports>::activity(int router) const; \
  template bool VirtualChannelNetwork<Mask, Ports>::drained() const;                      \
  template std::string VirtualChannelNetwork<Mask, Ports>::imbalance() const;
MHO_AUDIT(std::uint16_t, 5)
MHO_AUDIT(std::uint16_t, 6)
MHO_AUDIT(std::uint64_t, 5)
MHO_AUDIT(std::uint64_t, 6)
MHO_AUDIT(std::uint16_t, 8)
MHO_AUDIT(std::uint64_t, 8)
#undef MHO_AUDIT

}  // namespace mho::hw
