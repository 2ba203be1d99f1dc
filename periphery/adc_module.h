#pragma once

#include "periphery/parameters.h"
#include "periphery/pipeline_module.h"

namespace mho::periphery {

/// The converters of a tile: `mux` columns share one and are converted one after the other; the last may be a column without weights.
class AdcModule : public PipelineModule {
 public:
  AdcModule(sc_core::sc_module_name name, const Timeline& timeline, const AdcParameters& parameters, int columns)
      : PipelineModule(name, timeline, timeline.clock().cycles(parameters.conversion_time * static_cast<double>(parameters.mux))),
        columns_(columns) {}
  [[nodiscard]] std::uint64_t conversions() const { return conversions_; }

 protected:
  void count() override { conversions_ += static_cast<std::uint64_t>(columns_); }

 private:
  int columns_;
  std::uint64_t conversions_ = 0;
};

}  // namespace mho::periphery
