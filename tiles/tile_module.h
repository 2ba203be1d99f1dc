#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "periphery/timing/pipeline_module.h"
#include "tiles/parameters.h"

namespace mho::tiles {

/// The crossbar array of a tile: waits for drivers without latches to settle, then integrates the currents of its columns while the drivers hold one
/// input vector. All read-outs of an MVM (bits, signs) are one piece of work. Each matrix that shares the array is a kind of work.
class TileModule : public periphery::PipelineModule {
 public:
  TileModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const TileParameters& parameters, std::size_t matrices = 1)
      : PipelineModule(name, timeline, std::vector(matrices, timeline.clock().cycles(parameters.dac.array_time()))), mvms_(matrices, 0) {}
  [[nodiscard]] std::uint64_t mvms(std::size_t kind = 0) const { return mvms_.at(kind); }

 protected:
  void count(std::size_t kind) override { ++mvms_[kind]; }

 private:
  std::vector<std::uint64_t> mvms_;
};

}  // namespace mho::tiles
