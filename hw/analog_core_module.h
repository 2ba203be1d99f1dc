#pragma once

#include <deque>
#include <vector>

#include "hw/core_module.h"
#include "periphery/adc_module.h"
#include "periphery/buffer_module.h"
#include "periphery/driver_module.h"
#include "periphery/scale_module.h"
#include "tiles/tile_module.h"

namespace mho::hw {

/// A tile with its surroundings: input buffer, drivers, array, converters, output stage, output buffer, as a pipeline over positions. A position's
/// inputs are free once the array has integrated them. Several stages take turns where they use one matrix; each begins a position only with a place
/// for it in its output buffer, so that none can hold up the others.
class AnalogCoreModule : public CoreModule {
 public:
  AnalogCoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile,
                   std::vector<StageFlow*> flows);
  void store(StageFlow& flow, std::int64_t bits) override;
  [[nodiscard]] StageActivity activity(const StageFlow& flow) const override;

 private:
  void evaluate() override;
  void feed();
  [[nodiscard]] bool ready(std::size_t index) const;
  [[nodiscard]] std::int64_t finished() const;
  std::vector<StageFlow*> flows_;
  std::vector<int> in_flight_;            ///< positions begun and not finished, by stage
  std::deque<std::size_t> to_integrate_;  ///< stages of the positions before the array, oldest first
  std::deque<std::size_t> to_finish_;     ///< stages of all positions in the pipeline, oldest first
  std::size_t last_ = 0;
  periphery::BufferModule input_buffer_;
  periphery::DriverModule drivers_;
  tiles::TileModule tile_;
  periphery::AdcModule converters_;
  periphery::ScaleModule scale_;
  periphery::BufferModule output_buffer_;
  std::vector<std::int64_t> integrated_;  ///< positions the array has handed over, by stage
};

}  // namespace mho::hw
