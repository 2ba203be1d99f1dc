#pragma once

#include <utility>
#include <vector>

#include "periphery/converters/parameters.h"
#include "periphery/timing/pipeline_module.h"

namespace mho::periphery {

/// A bank of converters: `mux` columns share one and are converted one after the other; the last may be a column without weights. An MVM takes
/// `rounds` of that (bits and signs of the input that are converted for themselves). Tiles that share the bank are its kinds of work; `conversions`
/// says for each how many an MVM of its own takes in all.
class AdcModule : public PipelineModule {
 public:
  AdcModule(sc_core::sc_module_name name, const Timeline& timeline, const AdcParameters& parameters, int rounds, std::vector<int> conversions)
      : PipelineModule(name, timeline,
                       std::vector<std::int64_t>(conversions.size(),
                                                 timeline.clock().cycles(parameters.conversion_time * static_cast<double>(parameters.mux * rounds)))),
        per_mvm_(std::move(conversions)),
        conversions_(per_mvm_.size(), 0) {}
  [[nodiscard]] std::uint64_t conversions(std::size_t kind = 0) const { return conversions_.at(kind); }

 protected:
  void count(std::size_t kind) override { conversions_[kind] += static_cast<std::uint64_t>(per_mvm_[kind]); }

 private:
  std::vector<int> per_mvm_;
  std::vector<std::uint64_t> conversions_;
};

}  // namespace mho::periphery
