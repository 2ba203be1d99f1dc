#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "periphery/converters/parameters.h"
#include "periphery/timing/pipeline_module.h"

namespace mho::periphery {

/// The input drivers of a tile: they read a vector from the input buffer and convert it. With latches they settle on the next vector while the array
/// integrates the vector before; without latches the array waits for them (TileModule). Each matrix that shares the tile is a kind of work; `rows`
/// has the number of rows that it drives.
class DriverModule : public PipelineModule {
 public:
  DriverModule(sc_core::sc_module_name name, const Timeline& timeline, const DacParameters& parameters, const std::vector<int>& rows)
      : PipelineModule(name, timeline, std::vector(rows.size(), timeline.clock().cycles(parameters.driver_time()))), conversions_(rows.size(), 0) {
    for (const int each : rows) per_mvm_.push_back(each * parameters.readouts());
  }
  [[nodiscard]] std::uint64_t conversions(std::size_t kind = 0) const { return conversions_.at(kind); }

 protected:
  void count(std::size_t kind) override { conversions_[kind] += static_cast<std::uint64_t>(per_mvm_[kind]); }

 private:
  std::vector<int> per_mvm_;
  std::vector<std::uint64_t> conversions_;
};

}  // namespace mho::periphery
