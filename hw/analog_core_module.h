#pragma once

#include "hw/core_module.h"
#include "periphery/adc_module.h"
#include "periphery/buffer_module.h"
#include "periphery/driver_module.h"
#include "periphery/scale_module.h"
#include "tiles/tile_module.h"

namespace mho::hw {

/// A tile with its surroundings: input buffer, drivers, array, converters, output stage, output buffer, as a pipeline over positions. A position's
/// inputs are free once the array has integrated them.
class AnalogCoreModule : public CoreModule {
 public:
  AnalogCoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile, StageFlow& flow);
  void store(StageFlow& flow, std::int64_t bits) override;
  [[nodiscard]] StageActivity activity(const StageFlow& flow) const override;

 private:
  void evaluate() override;
  void feed();
  StageFlow& flow_;
  periphery::BufferModule input_buffer_;
  periphery::DriverModule drivers_;
  tiles::TileModule tile_;
  periphery::AdcModule converters_;
  periphery::ScaleModule scale_;
  periphery::BufferModule output_buffer_;
  std::int64_t integrated_ = 0;  ///< positions the array has handed over
};

}  // namespace mho::hw
