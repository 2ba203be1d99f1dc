#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <systemc>
#include <vector>

#include "hw/cores/core_module.h"
#include "hw/spec/parameters.h"
#include "periphery/timing/pipeline_module.h"

namespace mho::hw {

/// One direction of a port: moves a position in ceil(bits / bits per cycle) cycles. The stages that share it are its kinds of work.
class PortDirectionModule : public periphery::PipelineModule {
 public:
  PortDirectionModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, double bits_per_cycle, std::vector<std::int64_t> bits);
  [[nodiscard]] std::uint64_t bits(std::size_t kind) const { return moved_.at(kind); }

 protected:
  void count(std::size_t kind) override { moved_[kind] += static_cast<std::uint64_t>(bits_[kind]); }

 private:
  std::vector<std::int64_t> bits_;
  std::vector<std::uint64_t> moved_;
};

/// A port of the chip with the memory behind it: positions of its sources come in, those of its sinks go out, each direction at its own rate. A
/// position that is read comes a latency after its turn on the direction, while others are on their way. Several sources, and any with latency, begin
/// a position only with a place for it in their output buffers; so none holds up the others.
class PortModule : public CoreModule {
 public:
  PortModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const PortParameters& parameters,
             const std::vector<StageController*>& sources, const std::vector<StageController*>& sinks);
  /// Called in the cycle the last element of a position has left through a sink.
  void when_left(std::function<void(const StageController&)> action) { left_ = std::move(action); }
  void store(StageController& controller, std::int64_t bits) override;
  [[nodiscard]] StageActivity activity(const StageController& controller) const override;
  std::vector<OwnUnit> units() override;

 private:
  struct PortDirection {
    std::vector<StageController*> controllers;
    std::vector<int> places;  ///< kept in output buffers for positions under way, by controller
    std::size_t last = 0;
    PortDirectionModule module;
  };
  void evaluate() override;
  void feed(PortDirection& direction);
  void run_deliver() {
    timeline_.run([this] { deliver(); });
  }
  void deliver();
  [[nodiscard]] bool with_place(const PortDirection& direction) const {
    return &direction == &in_ && (latency_ > 0 || direction.controllers.size() > 1);
  }
  std::int64_t latency_;  ///< cycles
  PortDirection in_;
  PortDirection out_;
  std::deque<std::size_t> moving_in_, moving_out_;                 ///< controller of the position on each direction
  std::deque<std::pair<std::int64_t, std::size_t>> on_their_way_;  ///< read: the cycle in which they are here, and their controller
  sc_core::sc_event here_;
  std::function<void(const StageController&)> left_;
};

}  // namespace mho::hw
