#pragma once

#include "base/design_file/config.h"
#include "base/units.h"

namespace mho::tiles {

struct TileParameters;

/// How the devices of a tile are given their conductances: row after row, each device by pulses that are read back until it holds what it should.
struct Programming {
  int weight_bits = 8;            ///< of one weight as it comes to the tile
  double iterations = 12;         ///< pulses with their read-out that a device takes on average
  base::Duration iteration_time;  ///< of one pulse and its read-out
  base::Energy iteration_energy;  ///< of one device
  int parallel_columns = 64;      ///< of a row, whose devices are programmed at the same time
  static Programming read(const base::Config& config);
};
base::Declarations programming_declarations();

/// Devices that hold one weight, reference columns aside.
int devices_per_weight(const TileParameters& tile);
/// Of one row of `outputs` weights, its devices in reference columns too.
int devices_of_row(const TileParameters& tile, int outputs);
/// To program one row of `outputs` weights: its columns, `parallel_columns` at a time, all iterations of each.
base::Duration row_programming_time(const TileParameters& tile, int outputs);
base::Energy programming_energy(const TileParameters& tile, double devices);

}  // namespace mho::tiles
