#pragma once

#include <cstddef>
#include <cstdint>

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::hw {

/// Cycles of a stage's units for one position; 0 of units that it has not.
struct StageCycles {
  std::int64_t drivers = 0, array = 0, converters = 0, scale = 0;  ///< analog stages
  std::int64_t unit = 0;                                           ///< vector unit, direction of a port
  /// Cycles of the slowest unit when positions follow each other.
  [[nodiscard]] std::int64_t slowest(bool pipelined) const;
};
StageCycles stage_cycles(const Program& program, std::size_t stage, const ChipParameters& chip, const tiles::TileParameters& tile);

}  // namespace mho::hw
