#pragma once

#include "periphery/parameters.h"
#include "periphery/pipeline_module.h"

namespace mho::periphery {

/// The converters of a tile: `mux` columns share one and are converted one after the other; the last may be a column without weights. An MVM
/// takes `rounds` of that (bits and signs of the input that are converted for themselves) and `conversions` in all.
class AdcModule : public PipelineModule {
 public:
  AdcModule(sc_core::sc_module_name name, const Timeline& timeline, const AdcParameters& parameters, int rounds, int conversions)
      : PipelineModule(name, timeline, timeline.clock().cycles(parameters.conversion_time * static_cast<double>(parameters.mux * rounds))),
        per_mvm_(conversions) {}
  [[nodiscard]] std::uint64_t conversions() const { return conversions_; }

 protected:
  void count() override { conversions_ += static_cast<std::uint64_t>(per_mvm_); }

 private:
  int per_mvm_;
  std::uint64_t conversions_ = 0;
};

}  // namespace mho::periphery
