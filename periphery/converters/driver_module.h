#pragma once

#include "periphery/converters/parameters.h"
#include "periphery/timing/pipeline_module.h"

namespace mho::periphery {

/// The input drivers of a tile: take a vector from the input buffer, convert and settle. Double-buffered: the next vector settles while the array
/// integrates the one before.
class DriverModule : public PipelineModule {
 public:
  DriverModule(sc_core::sc_module_name name, const Timeline& timeline, const DacParameters& parameters, int rows)
      : PipelineModule(name, timeline, timeline.clock().cycles(parameters.settling_time())), per_mvm_(rows * parameters.readouts()) {}
  [[nodiscard]] std::uint64_t conversions() const { return conversions_; }

 protected:
  void count(std::size_t /*kind*/) override { conversions_ += static_cast<std::uint64_t>(per_mvm_); }

 private:
  int per_mvm_;
  std::uint64_t conversions_ = 0;
};

}  // namespace mho::periphery
