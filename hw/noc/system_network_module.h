#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "hw/noc/chip_link_module.h"
#include "hw/noc/mesh_module.h"

namespace mho::hw {

/// The meshes of all chips and the links between them as one network. Nodes and routers are numbered through all chips. A packet to another chip
/// crosses the mesh to the node with the link, is stored there as a whole, crosses the link and is injected into the next mesh. A single chip has
/// only its mesh.
///
/// Deadlock freedom: the memories at the ends of links have space for all packets that end-to-end credits permit. A mesh can therefore eject a packet
/// to a link at once, as it can to a core. So each mesh and each link drains independently of the others.
class SystemNetworkModule : public sc_core::sc_module {
 public:
  /// `timeline`: clock of the network, common to all chips.
  SystemNetworkModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const ChipParameters& chip);
  ~SystemNetworkModule() override;
  /// Sets the client. It is called once when a packet has left its sender and once when it has arrived, with sender and receiver numbered through all
  /// chips.
  void connect(NocClient& client);
  /// Creates a packet in the present cycle. Each network interface has an unlimited queue per message class.
  void send(Packet packet);

  [[nodiscard]] const Topology& topology() const { return topology_; }
  [[nodiscard]] std::vector<RouterActivity> routers() const;
  /// Power gates of the routers, up to the present cycle.
  [[nodiscard]] std::vector<GateActivity> gates() const;
  /// Packets that entered the network. A packet between chips counts once.
  [[nodiscard]] std::uint64_t packets() const;
  [[nodiscard]] std::uint64_t flit_hops() const;
  /// Flits that left a router through a port since the start.
  [[nodiscard]] std::uint64_t flits_through(int router, int port) const;
  /// Flits of packets between chips that `node` injected into its mesh.
  [[nodiscard]] std::uint64_t flits_between_chips(int node) const { return injected_[static_cast<std::size_t>(node)]; }
  /// Activity of the links between chips, by number of the direction (Topology::link_between).
  [[nodiscard]] std::vector<LinkActivity> chip_links() const;
  [[nodiscard]] const Noc& mesh(int chip) const { return meshes_[static_cast<std::size_t>(chip)]->network(); }
  /// Whether no packet waits at a link or travels over one.
  [[nodiscard]] bool links_drained() const;

 private:
  class ChipEnd;
  void send_leg(Packet packet, int from);
  void sent(int chip, const Packet& packet);
  void arrived(int chip, const Packet& packet);
  [[nodiscard]] Packet whole(int chip, Packet packet) const;

  Topology topology_;
  std::vector<std::unique_ptr<MeshModule>> meshes_;     ///< by chip
  std::vector<std::unique_ptr<ChipEnd>> ends_;          ///< by chip; empty for a single chip
  std::vector<std::unique_ptr<ChipLinkModule>> links_;  ///< by direction
  std::vector<std::uint64_t> injected_;                 ///< by node
  std::uint64_t legs_ = 0, between_ = 0;                ///< legs over meshes, and packets, of the traffic between chips
  NocClient* client_ = nullptr;
};

}  // namespace mho::hw
