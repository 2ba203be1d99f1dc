#pragma once

#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "hw/noc/noc.h"
#include "periphery/timing/timeline_module.h"

namespace mho::hw {

using MeshClient = NocClient;

/// The network of one chip as a SystemC module. One process steps the network in each cycle in which its state can change.
class MeshModule : public sc_core::sc_module {
 public:
  MeshModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, int width, int height, const NocParameters& parameters);
  void connect(MeshClient& client) { network_->connect(client); }

  /// Creates a packet in the present cycle. Each network interface has an unlimited queue per message class.
  void send(Packet packet);

  [[nodiscard]] const Noc& network() const { return *network_; }
  [[nodiscard]] std::vector<RouterActivity> routers() const;
  /// Power gates of the routers, up to the present cycle.
  [[nodiscard]] std::vector<GateActivity> gates() const { return network_->gates(timeline_.now()); }
  [[nodiscard]] std::uint64_t packets() const { return network_->packets(); }
  [[nodiscard]] std::uint64_t flit_hops() const { return network_->flit_hops(); }
  [[nodiscard]] std::uint64_t flits_injected() const { return network_->flits_injected(); }
  [[nodiscard]] std::uint64_t flits_copied() const { return network_->flits_copied(); }
  [[nodiscard]] std::uint64_t flits_ejected() const { return network_->flits_ejected(); }
  /// Whether all buffers are empty, all virtual channels free and all credits returned. True some cycles after the last ejection.
  [[nodiscard]] bool drained() const { return network_->drained(); }

 private:
  void run() {
    timeline_.run([this] { step(); });
  }
  void step();
  void arm(std::int64_t cycle);

  const periphery::Timeline& timeline_;
  std::unique_ptr<Noc> network_;
  std::int64_t armed_ = Noc::never;
  sc_core::sc_event event_;
};

}  // namespace mho::hw
