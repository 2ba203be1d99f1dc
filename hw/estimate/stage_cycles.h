#pragma once

#include <cstddef>
#include <cstdint>

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::hw {

/// Cycles of the units of a stage for one position, in the clock of its core; 0 for units that the stage does not use.
struct StageCycles {
  std::int64_t drivers = 0, array = 0, converters = 0, scale = 0;  ///< analog stages
  std::int64_t unit = 0;                                           ///< vector unit or direction of a port
  /// Cycles of the slowest unit in steady state. `pipelined`: arrays have a sample-and-hold; else array and conversion take turns.
  [[nodiscard]] std::int64_t slowest(bool pipelined) const;
};
/// `tile`: settings 0; other settings are those of the program.
StageCycles stage_cycles(const Program& program, std::size_t stage, const ChipParameters& chip, const tiles::TileParameters& tile);

}  // namespace mho::hw
