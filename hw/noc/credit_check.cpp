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

/// Counts every flit and credit between two steps. Credits, flits and returning credits of a channel must add up to the size of its buffer.
template <class Mask, int Ports>
struct VirtualChannelNetwork<Mask, Ports>::CreditCheck {
  explicit CreditCheck(const VirtualChannelNetwork& checked)
      : network(checked), sums(checked.outputs_.size()), interface_sums(checked.interface_credits_.begin(), checked.interface_credits_.end()) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = checked.outputs_[i].credits;
  }

  [[nodiscard]] int& at_interface(std::uint32_t node, int vc) {
    return interface_sums[node * static_cast<std::size_t>(network.channels_) + static_cast<std::size_t>(vc)];
  }
  /// The sum of the channel that sends into an input.
  [[nodiscard]] int& sender(std::uint32_t router, int port, int vc) {
    if (port < locals) return at_interface(static_cast<std::uint32_t>(network.topology_.node_at(static_cast<int>(router), port)), vc);
    return sums[network.slot(network.neighbours_[router][static_cast<std::size_t>(port)].router, opposite(port), vc)];
  }

  /// Counts flits and credits between routers, and between routers and interfaces.
  void count_links() {
    network.arrivals_.each([&](const FlitTransfer& transfer) {
      ++sender(transfer.to.router, transfer.to.port, transfer.to.vc);
      ++flits;
    });
    network.ejections_.each([&](const FlitTransfer& transfer) {
      ++sums[network.slot(transfer.to.router, transfer.to.port, transfer.to.vc)];
      ++flits;
    });
    network.credits_.each([&](const Channel& channel) { ++sums[network.slot(channel.router, channel.port, channel.vc)]; });
    network.returned_.each([&](const Channel& channel) { ++at_interface(channel.router, channel.vc); });
  }
  /// Counts the flits in buffers and checks that the state of each router agrees with them. Returns the first fault, or an empty text.
  [[nodiscard]] std::string count_buffers() {
    for (std::uint32_t r = 0; r < network.routers_.size(); ++r) {
      for (int port = 0; port < Ports; ++port) {
        if (port >= locals && network.neighbours_[r][static_cast<std::size_t>(port)].router == edge) continue;
        for (int vc = 0; vc < network.channels_; ++vc) {
          const InputVc& input = network.inputs_[network.slot(r, port, vc)];
          sender(r, port, vc) += input.count;
          flits += input.count;
          std::string wrong = input_fault(r, port, vc);
          if (!wrong.empty()) return wrong;
        }
      }
    }
    return "";
  }
  [[nodiscard]] std::string input_fault(std::uint32_t r, int port, int vc) const {
    const InputVc& input = network.inputs_[network.slot(r, port, vc)];
    if (network.gating_ && input.count > 0 && !network.gates_[r].held()) {
      return fmt::format("router {}: may be gated with {} flits in it", r, input.count);
    }
    if (network.is_multicast(vc) || !input.active) return "";
    const Router& router = network.routers_[r];
    const OutputVc& output = network.outputs_[network.slot(r, input.output, input.output_vc)];
    const bool held = (router.free[input.output] >> input.output_vc & 1U) == 0 && output.owner_port == port && output.owner_vc == vc;
    if (!held) return fmt::format("router {}: input channel {}.{} holds an output channel that does not know of it", r, port, vc);
    const bool ready = (router.ready.vcs[port][input.output] & bit<Mask>(vc)) != 0;
    if (ready == (input.count > 0 && output.credits > 0)) return "";
    return fmt::format("router {}: input channel {}.{} with {} flits and {} credits {}", r, port, vc, input.count, output.credits,
                       ready ? "bids for the switch" : "is forgotten");
  }
  [[nodiscard]] std::string compare_sums() const {
    for (std::uint32_t r = 0; r < network.routers_.size(); ++r) {
      for (int port = 0; port < Ports; ++port) {
        for (int vc = 0; vc < network.channels_; ++vc) {
          const int sum = sums[network.slot(r, port, vc)];
          if (sum == network.depth_) continue;
          return fmt::format("router {}: output channel {}.{} has {} credits and flits for a buffer of {}", r, port, vc, sum, network.depth_);
        }
      }
    }
    for (std::size_t i = 0; i < interface_sums.size(); ++i) {
      if (interface_sums[i] == network.depth_) continue;
      return fmt::format("interface of node {}: channel {} has {} credits and flits for a buffer of {}",
                         i / static_cast<std::size_t>(network.channels_), i % static_cast<std::size_t>(network.channels_), interface_sums[i],
                         network.depth_);
    }
    if (network.flits_injected_ + network.flits_copied_ - network.flits_ejected_ == flits) return "";
    return fmt::format("{} flits were injected, {} copied and {} ejected, and {} are in the network", network.flits_injected_, network.flits_copied_,
                       network.flits_ejected_, flits);
  }

  const VirtualChannelNetwork& network;
  std::vector<int> sums;            ///< by output channel of a router
  std::vector<int> interface_sums;  ///< by channel of an interface
  std::uint64_t flits = 0;
};

template <class Mask, int Ports>
std::string VirtualChannelNetwork<Mask, Ports>::imbalance() const {
  CreditCheck check(*this);
  check.count_links();
  const std::string wrong = check.count_buffers();
  return wrong.empty() ? check.compare_sums() : wrong;
}

// The rest of the class is in virtual_channel_network.cpp.
#define MHO_CREDIT_CHECK(Mask, Ports)                                                     \
  template RouterActivity VirtualChannelNetwork<Mask, Ports>::activity(int router) const; \
  template bool VirtualChannelNetwork<Mask, Ports>::drained() const;                      \
  template std::string VirtualChannelNetwork<Mask, Ports>::imbalance() const;
MHO_CREDIT_CHECK(std::uint16_t, 5)
MHO_CREDIT_CHECK(std::uint16_t, 6)
MHO_CREDIT_CHECK(std::uint64_t, 5)
MHO_CREDIT_CHECK(std::uint64_t, 6)
MHO_CREDIT_CHECK(std::uint16_t, 8)
MHO_CREDIT_CHECK(std::uint64_t, 8)
#undef MHO_CREDIT_CHECK

}  // namespace mho::hw
