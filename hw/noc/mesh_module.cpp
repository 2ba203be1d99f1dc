#include "hw/noc/mesh_module.h"

#include <utility>

namespace mho::hw {

MeshModule::MeshModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, int width, int height, const NocParameters& parameters)
    : sc_module(name), timeline_(timeline), network_(Noc::make(Topology(width, height, parameters), parameters)), event_("event") {
  SC_HAS_PROCESS(MeshModule);
  SC_METHOD(run);
  sensitive << event_;
  dont_initialize();
}

void MeshModule::arm(std::int64_t cycle) {
  if (cycle >= armed_) return;
  armed_ = cycle;
  timeline_.notify(event_, cycle);
}

void MeshModule::send(Packet packet) {
  const std::int64_t now = timeline_.now();
  network_->send(std::move(packet), now);
  arm(now + 1);
}

void MeshModule::step() {
  armed_ = Noc::never;
  const std::int64_t next = network_->step(timeline_.now());
  if (next != Noc::never) arm(next);
}

std::vector<RouterActivity> MeshModule::routers() const {
  std::vector<RouterActivity> activity;
  activity.reserve(static_cast<std::size_t>(network_->topology().routers()));
  for (int router = 0; router < network_->topology().routers(); ++router) activity.push_back(network_->activity(router));
  return activity;
}

}  // namespace mho::hw
