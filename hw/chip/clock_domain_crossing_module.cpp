#include "hw/chip/clock_domain_crossing_module.h"

#include <utility>

namespace mho::hw {

ClockDomainCrossingModule::ClockDomainCrossingModule(sc_core::sc_module_name name, const periphery::Timeline& to, std::int64_t cycles,
                                                     std::function<void(const Item&)> out)
    : sc_module(name), to_(to), cycles_(cycles), out_(std::move(out)), event_("out") {
  SC_HAS_PROCESS(ClockDomainCrossingModule);
  SC_METHOD(run);
  sensitive << event_;
  dont_initialize();
}

void ClockDomainCrossingModule::put(const Item& item) {
  const std::int64_t cycle = to_.next_edge() + cycles_;
  if (items_.empty()) to_.notify(event_, cycle);
  items_.emplace_back(cycle, item);
}

void ClockDomainCrossingModule::deliver() {
  const std::int64_t now = to_.now();
  while (!items_.empty() && items_.front().first <= now) {
    const Item item = items_.front().second;
    items_.pop_front();
    out_(item);
  }
  if (!items_.empty()) to_.notify(event_, items_.front().first);
}

ClockDomainCrossingsModule::ClockDomainCrossingsModule(sc_core::sc_module_name name, const Clocks& clocks, const ChipParameters& chip,
                                                       SystemNetworkModule& network)
    : sc_module(name), chip_(chip), network_(network) {
  network.connect(*this);
  constexpr std::array kinds{std::pair{CoreKind::port, "port"}, std::pair{CoreKind::analog, "analog"}, std::pair{CoreKind::digital, "digital"}};
  for (const auto& [kind, text] : kinds) {
    const periphery::Timeline& own = clocks.of(kind);
    if (own.clock() == clocks.network.clock()) continue;
    one_clock_ = false;
    const std::string word = text;
    const auto to_client = [this](const ClockDomainCrossingModule::Item& item) { pass_to_client(item); };
    Crossings& each = crossings_[static_cast<std::size_t>(kind)];
    each.to_network =
        std::make_unique<ClockDomainCrossingModule>((word + "_to_network").c_str(), clocks.network, chip.synchroniser,
                                                    [this](const ClockDomainCrossingModule::Item& item) { network_.send(item.packet); });
    each.from_network = std::make_unique<ClockDomainCrossingModule>(("network_to_" + word).c_str(), own, chip.synchroniser, to_client);
    each.local = std::make_unique<ClockDomainCrossingModule>((word + "_local").c_str(), own, 1, [this](const ClockDomainCrossingModule::Item& item) {
      pass_to_client({item.packet, true});
      pass_to_client({item.packet, false});
    });
  }
}

void ClockDomainCrossingsModule::send(const Packet& packet) {
  if (one_clock_ || !crossings(packet.from).to_network) return network_.send(packet);
  const Crossings& own = crossings(packet.from);
  (packet.from == packet.to ? own.local : own.to_network)->put({packet, false});
}

void ClockDomainCrossingsModule::pass(const ClockDomainCrossingModule::Item& item, int node) {
  if (one_clock_ || !crossings(node).from_network) return pass_to_client(item);
  crossings(node).from_network->put(item);
}

void ClockDomainCrossingsModule::pass_to_client(const ClockDomainCrossingModule::Item& item) {
  if (item.sent) {
    client_->packet_sent(item.packet);
  } else {
    client_->packet_arrived(item.packet);
  }
}

}  // namespace mho::hw
