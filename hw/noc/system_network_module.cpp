#include "hw/noc/system_network_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mho::hw {

/// The client of one chip's mesh.
class SystemNetworkModule::ChipEnd : public NocClient {
 public:
  ChipEnd(SystemNetworkModule& system, int chip) : system_(system), chip_(chip) {}
  void packet_sent(const Packet& packet) override { system_.sent(chip_, packet); }
  void packet_arrived(const Packet& packet) override { system_.arrived(chip_, packet); }

 private:
  SystemNetworkModule& system_;
  int chip_;
};

SystemNetworkModule::SystemNetworkModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const ChipParameters& chip)
    : sc_module(name), topology_(chip), injected_(static_cast<std::size_t>(chip.nodes())) {
  for (int c = 0; c < chip.chips; ++c) {
    const std::string own = chip.chips == 1 ? "mesh" : fmt::format("mesh_{}", c);
    meshes_.push_back(std::make_unique<MeshModule>(own.c_str(), timeline, chip.mesh_width, chip.mesh_height, chip.noc));
  }
  if (chip.chips == 1) return;
  for (int c = 0; c < chip.chips; ++c) {
    ends_.push_back(std::make_unique<ChipEnd>(*this, c));
    meshes_[static_cast<std::size_t>(c)]->connect(*ends_.back());
  }
  for (int link = 0; link < topology_.chip_links(); ++link) {
    const int begin = topology_.chip_link_begin(link), end = topology_.chip_link_end(link);
    const std::string own = fmt::format("link_{}_to_{}", topology_.address(begin).chip, topology_.address(end).chip);
    links_.push_back(std::make_unique<ChipLinkModule>(own.c_str(), timeline, chip.link, chip.noc.flit_bits,
                                                      [this, end](const Packet& packet) { send_leg(packet, end); }));
  }
}

SystemNetworkModule::~SystemNetworkModule() = default;

void SystemNetworkModule::connect(NocClient& client) {
  client_ = &client;
  if (links_.empty()) meshes_.front()->connect(client);
}

void SystemNetworkModule::send(Packet packet) {
  if (links_.empty()) return meshes_.front()->send(std::move(packet));
  const Address from = topology_.address(packet.from), to = topology_.address(packet.to);
  if (from.chip == to.chip) {
    packet.from = from.node;
    packet.to = to.node;
    return meshes_[static_cast<std::size_t>(from.chip)]->send(std::move(packet));
  }
  const int begin = packet.from;
  packet.first = begin;
  packet.last = packet.to;
  ++between_;
  send_leg(std::move(packet), begin);
}

/// Sends a packet from a node to the end of its route on the chip of this node.
void SystemNetworkModule::send_leg(Packet packet, int from) {
  const Topology::Leg leg = topology_.legs(from, packet.last).front();
  const Address here = topology_.address(leg.from);
  packet.from = here.node;
  packet.to = topology_.address(leg.to).node;
  if (leg.from != leg.to) ++legs_;
  meshes_[static_cast<std::size_t>(here.chip)]->send(std::move(packet));
}

/// A packet as reported by a mesh, with the original sender and receiver as nodes of the whole system.
Packet SystemNetworkModule::whole(int chip, Packet packet) const {
  if (packet.last < 0) {
    packet.from = topology_.node_of({chip, packet.from});
    packet.to = topology_.node_of({chip, packet.to});
    return packet;
  }
  packet.from = std::exchange(packet.first, -1);
  packet.to = std::exchange(packet.last, -1);
  return packet;
}

void SystemNetworkModule::sent(int chip, const Packet& packet) {
  const int from = topology_.node_of({chip, packet.from});
  if (packet.last >= 0 && packet.from != packet.to) injected_[static_cast<std::size_t>(from)] += static_cast<std::uint64_t>(packet.flits);
  // A packet is reported as sent on the chip of its sender only, not at the ends of links.
  if (packet.last < 0 || topology_.address(packet.first).chip == chip) client_->packet_sent(whole(chip, packet));
}

void SystemNetworkModule::arrived(int chip, const Packet& packet) {
  if (packet.last < 0 || topology_.address(packet.last).chip == chip) return client_->packet_arrived(whole(chip, packet));
  const int next = topology_.address(packet.last).chip > chip ? chip + 1 : chip - 1;
  links_[static_cast<std::size_t>(Topology::link_between(chip, next))]->put(packet);
}

std::vector<RouterActivity> SystemNetworkModule::routers() const {
  std::vector<RouterActivity> all;
  for (const auto& mesh : meshes_) {
    const std::vector<RouterActivity> own = mesh->routers();
    all.insert(all.end(), own.begin(), own.end());
  }
  return all;
}

std::vector<GateActivity> SystemNetworkModule::gates() const {
  std::vector<GateActivity> all;
  for (const auto& mesh : meshes_) {
    for (GateActivity gate : mesh->gates()) {
      gate.number = static_cast<int>(all.size());
      all.push_back(gate);
    }
  }
  return all;
}

std::uint64_t SystemNetworkModule::packets() const {
  std::uint64_t sum = 0;
  for (const auto& mesh : meshes_) sum += mesh->packets();
  return sum - legs_ + between_;
}

std::uint64_t SystemNetworkModule::flit_hops() const {
  std::uint64_t sum = 0;
  for (const auto& mesh : meshes_) sum += mesh->flit_hops();
  return sum;
}

std::uint64_t SystemNetworkModule::flits_through(int router, int port) const {
  const int of_chip = topology_.routers_per_chip();
  return mesh(router / of_chip).flits_through(router % of_chip, port);
}

std::vector<LinkActivity> SystemNetworkModule::chip_links() const {
  std::vector<LinkActivity> all;
  for (const auto& link : links_) {
    const int number = static_cast<int>(all.size());
    all.push_back({LinkActivity::Kind::chips, topology_.chip_link_begin(number), topology_.chip_link_end(number), link->flits()});
  }
  return all;
}

bool SystemNetworkModule::links_drained() const {
  return std::ranges::all_of(links_, [](const auto& link) { return link->drained(); });
}

}  // namespace mho::hw
