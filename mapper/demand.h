#pragma once

#include <string>
#include <vector>

#include "hw/spec/parameters.h"
#include "mapper/placement/copies.h"
#include "workloads/execution/tiled_network.h"

namespace mho::mapper {

/// What a trained matrix asks of the tiles.
struct MatrixDemand {
  std::string name;  ///< of the first node that uses it
  int outputs = 0, inputs = 0;
  LayerDemand demand;
  double utilisation = 0;  ///< share of the cells of its tiles that hold weights
};

/// Of every matrix on tiles, in the order of the network. The time between two products is that of the slowest of drivers, array, converters and
/// output stage of a tile, in whole cycles; tiles that share converters take turns in them.
std::vector<MatrixDemand> matrix_demands(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip);

}  // namespace mho::mapper
