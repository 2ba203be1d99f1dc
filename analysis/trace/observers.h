#pragma once

#include <vector>

#include "hw/chip/observer.h"

namespace mho::analysis {

/// Passes all events to several observers, in the order in which they were added.
class Observers final : public hw::Observer {
 public:
  void add(hw::Observer& observer) { all_.push_back(&observer); }
  [[nodiscard]] bool empty() const { return all_.empty(); }
  void begin(const hw::Program& program, const std::vector<hw::Unit>& units, const base::Clock& network) override {
    for (hw::Observer* each : all_) each->begin(program, units, network);
  }
  void changed(int unit, std::size_t kind, periphery::UnitState state, std::int64_t cycle) override {
    for (hw::Observer* each : all_) each->changed(unit, kind, state, cycle);
  }
  void packet_sent(const hw::Packet& packet, base::SimTime time) override {
    for (hw::Observer* each : all_) each->packet_sent(packet, time);
  }
  void packet_arrived(const hw::Packet& packet, base::SimTime time) override {
    for (hw::Observer* each : all_) each->packet_arrived(packet, time);
  }
  void inference_left(std::int64_t count, base::SimTime time) override {
    for (hw::Observer* each : all_) each->inference_left(count, time);
  }

 private:
  std::vector<hw::Observer*> all_;
};

}  // namespace mho::analysis
