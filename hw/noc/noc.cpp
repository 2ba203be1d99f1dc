#include "hw/noc/noc.h"

#include <stdexcept>
#include <utility>

#include "hw/noc/virtual_channel_network.h"

namespace mho::hw {

std::string_view kind_name(LinkActivity::Kind kind) {
  switch (kind) {
    case LinkActivity::Kind::between:
      return "between";
    case LinkActivity::Kind::inject:
      return "inject";
    case LinkActivity::Kind::chips:
      return "chips";
    case LinkActivity::Kind::eject:
      break;
  }
  return "eject";
}

std::string_view unit_name(GateActivity::Unit unit) { return unit == GateActivity::Unit::router ? "router" : "core"; }

namespace {

template <int Ports>
std::unique_ptr<Noc> make_network(const Topology& topology, const NocParameters& parameters, const NocOptions& options) {
  constexpr int narrow = 16;
  if (parameters.virtual_channels * network_classes(parameters) <= narrow)
    return std::make_unique<VirtualChannelNetwork<std::uint16_t, Ports>>(topology, parameters, options);
  return std::make_unique<VirtualChannelNetwork<std::uint64_t, Ports>>(topology, parameters, options);
}

}  // namespace

std::unique_ptr<Noc> Noc::make(const Topology& topology, const NocParameters& parameters, const NocOptions& options) {
  switch (topology.ports()) {
    case 5:
      return make_network<5>(topology, parameters, options);
    case 6:
      return make_network<6>(topology, parameters, options);
    case 8:
      return make_network<8>(topology, parameters, options);
    default:
      throw std::logic_error("a router serves 1, 2 or 4 nodes");
  }
}

Noc::Noc(const Topology& topology, const NocParameters& parameters, const NocOptions& options) : topology_(topology), options_(options) {
  if (parameters.gating.on) gates_.assign(static_cast<std::size_t>(topology_.routers()), PowerGate(parameters.gating));
}

std::vector<GateActivity> Noc::gates(std::int64_t now) const {
  std::vector<GateActivity> list;
  for (const PowerGate& gate : gates_) {
    list.push_back({GateActivity::Unit::router, static_cast<int>(list.size()), gate.gated_cycles(now), gate.wakes()});
  }
  return list;
}

std::uint64_t Noc::flit_hops() const {
  std::uint64_t sum = 0;
  for (int router = 0; router < topology_.routers(); ++router) {
    for (int port = 0; port < topology_.ports(); ++port) sum += flits_through(router, port);
  }
  return sum;
}

}  // namespace mho::hw
