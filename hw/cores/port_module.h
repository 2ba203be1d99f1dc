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

/// One direction of a port. It moves a position in ceil(bits / bits per cycle) cycles. Each stage that shares it is a kind of work.
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

/// A port of the chip with the memory behind it. Positions of sources come in and positions of sinks go out; the directions work independently, at
/// the same rate. A position from memory arrives `latency` after its transfer; several reads may be in progress. With latency or several sources, a
/// source begins a position only with reserved space in its output buffer, so it cannot block the others.
class PortModule : public CoreModule {
 public:
  PortModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const PortParameters& parameters,
             const std::vector<StageController*>& sources, const std::vector<StageController*>& sinks);
  /// Sets a function that is called in the cycle in which the last element of a position has left through a sink.
  void when_left(std::function<void(const StageController&)> action) { left_ = std::move(action); }
  void store(StageController& controller, std::int64_t bits) override;
  [[nodiscard]] StageActivity activity(const StageController& controller) const override;
  std::vector<OwnUnit> units() override;

 private:
  struct PortDirection {
    std::vector<StageController*> controllers;
    std::vector<int> places;  ///< by controller: positions in progress with reserved space in the output buffer
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
  std::int64_t latency_;  ///< in cycles
  PortDirection in_;
  PortDirection out_;
  std::deque<std::size_t> moving_in_, moving_out_;                 ///< by direction: controllers of the positions that are being moved
  std::deque<std::pair<std::int64_t, std::size_t>> on_their_way_;  ///< reads in progress: cycle of arrival, and controller
  sc_core::sc_event here_;
  std::function<void(const StageController&)> left_;
};

}  // namespace mho::hw
