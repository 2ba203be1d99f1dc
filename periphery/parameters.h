#pragma once

#include "base/design_file/config.h"
#include "base/units.h"
#include "periphery/converters/parameters.h"
#include "periphery/digital/number_format.h"

namespace mho::periphery {

/// Every parameter of this layer: keys tile.dac.*, tile.adc.* (of converters/), tile.scale.*, tile.buffer.*, digital.*.
base::Declarations declarations();

/// Digital output stage of a tile: column scale, drift compensation factor, bias, simple activation.
struct ScaleParameters {
  int lanes = 1;                      ///< outputs per clock cycle
  base::Energy energy_per_operation;  ///< one multiply-add on one output
  base::Area area;                    ///< per lane
  static ScaleParameters read(const base::Config& config);
};

/// A buffer in SRAM: cost per bit moved, area and leakage per bit.
struct BufferParameters {
  base::Energy read_energy_per_bit;
  base::Energy write_energy_per_bit;
  base::Area area_per_bit;
  base::Power leakage_per_bit;
  static BufferParameters read(const base::Config& config);
};

/// Vector unit of a digital core, and the number formats of everything digital.
struct DigitalParameters {
  NumberFormat activation_format;     ///< at tile inputs
  NumberFormat partial_sum_format;    ///< between row parts
  NumberFormat scale_format;          ///< column scales
  NumberFormat result_format;         ///< node outputs between blocks
  int lanes = 1;                      ///< element operations per clock cycle
  int pipeline_depth = 1;             ///< cycles from the first operand to the first result
  base::Energy energy_per_operation;  ///< one element operation
  base::Area area;                    ///< of one digital core, buffers excluded
  base::Power leakage;                ///< of one digital core
  static DigitalParameters read(const base::Config& config);
};

}  // namespace mho::periphery
