#pragma once

#include "base/design_file/config.h"
#include "base/units.h"

namespace mho::tiles {

struct TileParameters;

/// Programming of the devices of a tile: row after row, each device by pulses with a read after each, until it reaches its target.
struct Programming {
  int weight_bits = 8;            ///< bits of one weight on its way to the tile
  double iterations = 12;         ///< average number of pulses with their read-out for one device
  base::Duration iteration_time;  ///< of one pulse and its read-out
  base::Energy iteration_energy;  ///< of one device
  int parallel_columns = 64;      ///< columns of a row whose devices are programmed at the same time
  static Programming read(const base::Config& config);
};
base::Declarations programming_declarations();

/// Devices of one weight, without reference columns.
int devices_per_weight(const TileParameters& tile);
/// Devices of one row of `outputs` weights, including reference columns.
int devices_of_row(const TileParameters& tile, int outputs);
/// Time to program one row of `outputs` weights: `parallel_columns` columns at a time, all iterations of each.
base::Duration row_programming_time(const TileParameters& tile, int outputs);
base::Energy programming_energy(const TileParameters& tile, double devices);

}  // namespace mho::tiles
