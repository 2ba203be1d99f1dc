#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <systemc>
#include <vector>

#include "hw/core_module.h"
#include "hw/parameters.h"
#include "periphery/pipeline_module.h"

namespace mho::hw {

/// One direction of a port: moves a position in ceil(bits / bits per cycle) cycles. The stages that share it are its kinds of work.
class PortLaneModule : public periphery::PipelineModule {
 public:
  PortLaneModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, double bits_per_cycle, std::vector<std::int64_t> bits);
  [[nodiscard]] std::uint64_t bits(std::size_t kind) const { return moved_.at(kind); }

 protected:
  void count(std::size_t kind) override { moved_[kind] += static_cast<std::uint64_t>(bits_[kind]); }

 private:
  std::vector<std::int64_t> bits_;
  std::vector<std::uint64_t> moved_;
};

/// A port of the chip with the memory behind it: positions of its sources come in, those of its sinks go out, each direction at its own rate. A
/// position that is read comes a latency after its turn on the lane, while others are on their way. Several sources, and any with latency, begin a
/// position only with a place for it in their output buffers; so none holds up the others.
class PortModule : public CoreModule {
 public:
  PortModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const PortParameters& parameters, std::vector<StageFlow*> sources,
             std::vector<StageFlow*> sinks);
  /// Called in the cycle the last element of a position has left through a sink.
  void when_left(std::function<void(const StageFlow&)> action) { left_ = std::move(action); }
  void store(StageFlow& flow, std::int64_t bits) override;
  [[nodiscard]] StageActivity activity(const StageFlow& flow) const override;
  std::vector<OwnUnit> units() override;

 private:
  struct Lane {
    std::vector<StageFlow*> flows;
    std::vector<int> places;  ///< kept in output buffers for positions under way, by flow
    std::size_t last = 0;
    PortLaneModule module;
  };
  void evaluate() override;
  void feed(Lane& lane);
  void deliver();
  [[nodiscard]] bool with_place(const Lane& lane) const { return &lane == &in_ && (latency_ > 0 || lane.flows.size() > 1); }
  std::int64_t latency_;  ///< cycles
  Lane in_;
  Lane out_;
  std::deque<std::size_t> moving_in_, moving_out_;                 ///< flow of the position on each lane
  std::deque<std::pair<std::int64_t, std::size_t>> on_their_way_;  ///< read: the cycle in which they are here, and their flow
  sc_core::sc_event here_;
  std::function<void(const StageFlow&)> left_;
};

}  // namespace mho::hw
