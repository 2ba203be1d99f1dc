#pragma once

#include <cstdint>
#include <vector>

#include "periphery/converters/parameters.h"
#include "periphery/timing/pipeline_module.h"

namespace mho::periphery {

/// A bank of converters: several columns share a converter and are converted one after the other. Each tile that shares the bank is a kind of work;
/// `works` has the conversions and the time of one MVM of each.
class AdcModule : public PipelineModule {
 public:
  struct Work {
    int conversions = 0;  ///< of all converters
    base::Duration time;  ///< of the converter with the most columns
  };
  AdcModule(sc_core::sc_module_name name, const Timeline& timeline, const std::vector<Work>& works)
      : PipelineModule(name, timeline, cycles_of(timeline, works)), conversions_(works.size(), 0) {
    for (const Work& work : works) per_mvm_.push_back(work.conversions);
  }
  [[nodiscard]] std::uint64_t conversions(std::size_t kind = 0) const { return conversions_.at(kind); }

 protected:
  void count(std::size_t kind) override { conversions_[kind] += static_cast<std::uint64_t>(per_mvm_[kind]); }

 private:
  static std::vector<std::int64_t> cycles_of(const Timeline& timeline, const std::vector<Work>& works) {
    std::vector<std::int64_t> cycles;
    cycles.reserve(works.size());
    for (const Work& work : works) cycles.push_back(timeline.clock().cycles(work.time));
    return cycles;
  }
  std::vector<int> per_mvm_;
  std::vector<std::uint64_t> conversions_;
};

}  // namespace mho::periphery
