#pragma once

#include "periphery/converters/parameters.h"
#include "periphery/timing/pipeline_module.h"

namespace mho::periphery {

/// The input drivers of a tile: take a vector from the input buffer and convert it. With latches they settle on the next vector while the array
/// integrates the one before; without, the array waits for them (TileModule).
class DriverModule : public PipelineModule {
 public:
  DriverModule(sc_core::sc_module_name name, const Timeline& timeline, const DacParameters& parameters, int rows)
      : PipelineModule(name, timeline, timeline.clock().cycles(parameters.driver_time())), per_mvm_(rows * parameters.readouts()) {}
  [[nodiscard]] std::uint64_t conversions() const { return conversions_; }

 protected:
  void count(std::size_t /*kind*/) override { conversions_ += static_cast<std::uint64_t>(per_mvm_); }

 private:
  int per_mvm_;
  std::uint64_t conversions_ = 0;
};

}  // namespace mho::periphery
