#pragma once

#include "periphery/timing/pipeline_module.h"
#include "tiles/parameters.h"

namespace mho::tiles {

/// The crossbar array of a tile: waits for drivers without latches to settle, and integrates its columns' currents while the drivers hold one input
/// vector; all read-outs of an MVM (bits, signs) are one stay.
class TileModule : public periphery::PipelineModule {
 public:
  TileModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const TileParameters& parameters)
      : PipelineModule(name, timeline, timeline.clock().cycles(parameters.dac.array_time())) {}
  [[nodiscard]] std::uint64_t mvms() const { return mvms_; }

 protected:
  void count(std::size_t /*kind*/) override { ++mvms_; }

 private:
  std::uint64_t mvms_ = 0;
};

}  // namespace mho::tiles
