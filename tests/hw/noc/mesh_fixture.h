#pragma once

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <systemc>
#include <utility>
#include <vector>

#include "hw/noc/mesh_module.h"

namespace mho::hw {

/// A mesh alone, with packets sent at given cycles and their arrivals recorded. One per process.
class MeshBench : public sc_core::sc_module, public MeshClient {
 public:
  struct Arrival {
    Packet packet;
    std::int64_t cycle = 0;
    [[nodiscard]] std::int64_t latency() const { return cycle - packet.created; }
  };

  MeshBench(int width, int height, const NocParameters& parameters)
      : sc_module(sc_core::sc_module_name("bench")),
        timeline(base::Clock(1000000000, 1)),
        mesh("mesh", timeline, width, height, parameters),
        event_("next") {
    mesh.connect(*this);
    SC_HAS_PROCESS(MeshBench);
    SC_METHOD(tick);
    sensitive << event_;
    dont_initialize();
  }

  void packet_sent(const Packet&) override {}
  void packet_arrived(const Packet& packet) override { arrivals.push_back({packet, timeline.now()}); }

  /// Calls `body` in each cycle from 0 until it returns false, then lets the mesh drain.
  void run(std::function<bool(std::int64_t)> body) {
    body_ = std::move(body);
    timeline.notify(event_, 0);
    sc_core::sc_start();
  }

  periphery::Timeline timeline;
  MeshModule mesh;
  std::vector<Arrival> arrivals;

 private:
  void tick() {
    const std::int64_t now = timeline.now();
    if (body_(now)) timeline.notify(event_, now + 1);
  }
  std::function<bool(std::int64_t)> body_;
  sc_core::sc_event event_;
};

}  // namespace mho::hw
