#pragma once

#include <string>
#include <vector>

#include "hw/spec/parameters.h"
#include "mapper/placement/copies.h"
#include "workloads/execution/tiled_network.h"

namespace mho::mapper {

/// Demand of a trained matrix on tiles.
struct MatrixDemand {
  std::string name;  ///< name of the first node that uses it
  int outputs = 0, inputs = 0;
  LayerDemand demand;
  double utilisation = 0;  ///< share of the cells of its tiles that its blocks occupy
};

/// Demands of all matrices on tiles, in the order of the network. The time between two products is that of the slowest unit of a tile (drivers,
/// array, converters, output stage), in whole cycles. Tiles that share converters take turns, which multiplies the time of converters and output
/// stage.
std::vector<MatrixDemand> matrix_demands(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip);

}  // namespace mho::mapper
