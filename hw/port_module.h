#pragma once

#include <cmath>

#include "hw/core_module.h"
#include "hw/parameters.h"
#include "periphery/pipeline_module.h"

namespace mho::hw {

/// One direction of the input/output port: moves a position in ceil(bits / bits per cycle) cycles.
class PortLaneModule : public periphery::PipelineModule {
 public:
  PortLaneModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, double bits_per_cycle, std::int64_t bits)
      : PipelineModule(name, timeline, static_cast<std::int64_t>(std::ceil(static_cast<double>(bits) / bits_per_cycle))), bits_(bits) {}
  [[nodiscard]] std::uint64_t bits() const { return moved_; }

 protected:
  void count(std::size_t /*kind*/) override { moved_ += static_cast<std::uint64_t>(bits_); }

 private:
  std::int64_t bits_;
  std::uint64_t moved_ = 0;
};

/// The chip's input/output port, node 0: the source's positions come in, the sink's go out, each direction at its own rate.
class PortModule : public CoreModule {
 public:
  PortModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const PortParameters& parameters, StageFlow& source, StageFlow& sink);
  /// Called in the cycle the last element of a position leaves the chip, with the positions that left so far.
  void when_left(std::function<void(std::int64_t)> action) { left_ = std::move(action); }
  void store(StageFlow& flow, std::int64_t bits) override;
  [[nodiscard]] StageActivity activity(const StageFlow& flow) const override;
  std::vector<OwnUnit> units() override;

 private:
  void evaluate() override;
  void feed(StageFlow& flow, PortLaneModule& lane);
  StageFlow& source_;
  StageFlow& sink_;
  PortLaneModule in_;
  PortLaneModule out_;
  std::function<void(std::int64_t)> left_;
};

}  // namespace mho::hw
