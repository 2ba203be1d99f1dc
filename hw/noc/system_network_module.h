#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "hw/noc/chip_link_module.h"
#include "hw/noc/mesh_module.h"

namespace mho::hw {

/// The meshes of all chips and the links between them as one network, whose nodes and routers are numbered through all chips. A packet to another
/// chip crosses the mesh to the node that is linked to the next chip, is stored there as a whole, goes over the link and begins anew in the next
/// mesh. One chip: its mesh alone.
///
/// Free of deadlock: the memories at the ends of links have room for every packet that end-to-end credits let out, so each mesh gives what arrives
/// away at once, as it does at cores. A mesh therefore drains whatever the others do, and so does a link.
class SystemNetworkModule : public sc_core::sc_module {
 public:
  /// `timeline`: of the network's clock, the same on all chips.
  SystemNetworkModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const ChipParameters& chip);
  ~SystemNetworkModule() override;
  /// The client hears of packets as they were sent, between nodes of all chips: once that one has left its sender, once that it has arrived.
  void connect(NocClient& client);
  /// Creates a packet in the present cycle. The interface's queue, one per message class, is unlimited.
  void send(Packet packet);

  [[nodiscard]] const Topology& topology() const { return topology_; }
  [[nodiscard]] std::vector<RouterActivity> routers() const;
  /// Of routers, up to the present cycle.
  [[nodiscard]] std::vector<GateActivity> gates() const;
  /// Packets that have entered the network; those between chips count once.
  [[nodiscard]] std::uint64_t packets() const;
  [[nodiscard]] std::uint64_t flit_hops() const;
  /// Flits that left a router through a port since the beginning.
  [[nodiscard]] std::uint64_t flits_through(int router, int port) const;
  /// Flits of packets between chips that `node` injected into its mesh.
  [[nodiscard]] std::uint64_t flits_between_chips(int node) const { return injected_[static_cast<std::size_t>(node)]; }
  /// Each direction of the links between chips, by number.
  [[nodiscard]] std::vector<LinkActivity> chip_links() const;
  [[nodiscard]] const Noc& mesh(int chip) const { return meshes_[static_cast<std::size_t>(chip)]->network(); }
  /// Nothing waits at a link or is on one.
  [[nodiscard]] bool links_drained() const;

 private:
  class ChipEnd;
  void send_leg(Packet packet, int from);
  void sent(int chip, const Packet& packet);
  void arrived(int chip, const Packet& packet);
  [[nodiscard]] Packet whole(int chip, Packet packet) const;

  Topology topology_;
  std::vector<std::unique_ptr<MeshModule>> meshes_;     ///< by chip
  std::vector<std::unique_ptr<ChipEnd>> ends_;          ///< by chip; none of one chip
  std::vector<std::unique_ptr<ChipLinkModule>> links_;  ///< by direction
  std::vector<std::uint64_t> injected_;                 ///< by node
  std::uint64_t legs_ = 0, between_ = 0;                ///< ways over a mesh, and packets, of those that entered one between chips
  NocClient* client_ = nullptr;
};

}  // namespace mho::hw
