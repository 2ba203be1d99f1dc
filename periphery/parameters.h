#pragma once

#include <optional>

#include "base/design_file/config.h"
#include "base/units.h"
#include "periphery/converters/parameters.h"
#include "periphery/digital/number_format.h"
#include "periphery/technology/scaling.h"
#include "periphery/technology/technology.h"

namespace mho::periphery {

/// Every parameter of this layer: keys tile.dac.*, tile.adc.* (of converters/), tile.scale.*, tile.shift_add.*, tile.buffer.*, digital.*, and
/// chip.technology, chip.vdd, chip.temperature, chip.threshold (of technology/).
base::Declarations declarations();

/// Digital output stage of a tile: column scale, drift compensation factor, bias, simple activation.
struct ScaleParameters {
  int lanes = 1;                      ///< outputs per clock cycle
  base::Energy energy_per_operation;  ///< one multiply-add on one output
  base::Area area;                    ///< per lane
  base::Power leakage;                ///< per lane
  CostNote cost;
  base::Energy shift_energy;  ///< of shift-and-add, for one conversion
  base::Area shift_area;      ///< of the shift-and-add unit behind one converter
  base::Power shift_leakage;
  CostNote shift_cost;
  static ScaleParameters read(const base::Config& config);
};

/// Buffers of cores. Empty costs follow the kind and the capacity of a buffer (periphery/technology/scaling.h).
struct BufferParameters {
  MemoryKind kind = MemoryKind::sram;
  std::optional<base::Energy> read_energy_per_bit;
  std::optional<base::Energy> write_energy_per_bit;
  std::optional<base::Area> area_per_bit;
  std::optional<base::Power> leakage_per_bit;
  Technology technology;
  CostNote cost;
  static BufferParameters read(const base::Config& config);
};

/// Vector unit of a digital core, and the number formats of digital values.
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
  CostNote cost;
  static DigitalParameters read(const base::Config& config);
};

}  // namespace mho::periphery
