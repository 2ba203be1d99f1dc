#include "hw/network.h"

#include "hw/fabric.h"

namespace mho::hw {

std::unique_ptr<Network> Network::make(const Topology& topology, const NocParameters& parameters, const NetworkOptions& options) {
  constexpr int narrow = 16;
  constexpr int usual_ports = 5;
  const bool few = parameters.virtual_channels * message_classes <= narrow;
  if (topology.ports() == usual_ports) {
    if (few) return std::make_unique<Fabric<std::uint16_t, usual_ports>>(topology, parameters, options);
    return std::make_unique<Fabric<std::uint64_t, usual_ports>>(topology, parameters, options);
  }
  constexpr int most_ports = 8;
  if (few) return std::make_unique<Fabric<std::uint16_t, most_ports>>(topology, parameters, options);
  return std::make_unique<Fabric<std::uint64_t, most_ports>>(topology, parameters, options);
}

std::uint64_t Network::flit_hops() const {
  std::uint64_t sum = 0;
  for (int router = 0; router < topology_.routers(); ++router) {
    for (int port = 0; port < topology_.ports(); ++port) sum += flits_through(router, port);
  }
  return sum;
}

}  // namespace mho::hw
