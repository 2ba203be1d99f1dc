#pragma once

#include <map>
#include <optional>
#include <string>

#include "mapper/lowering/lowered.h"
#include "workloads/execution/tiled_network.h"

namespace mho::mapper {

/// What digital stages are to keep up with, and what there is to do so.
struct StageLimits {
  double interval_s = 0;  ///< of the tiles
  int digital_cores = 1, ports = 1;
  int flit_bits = 64;
  double digital_hertz = 0, network_hertz = 0;
  /// How many stages nodes, and input_of_network, are divided among, one where they are not named; empty: as many as keep up.
  std::optional<std::map<std::string, int>> divided{};
};

/// Cuts the network into stages and edges: one analog stage per block, an accumulating stage per column part where a matrix has several row parts,
/// one digital stage per other node; unary element-wise nodes ride on the stage before them. A recurrent node is its recurrent product and a digital
/// stage for its gates, which sends every time step's state back. Nodes that use the same matrix have stages on the same tiles. `traced`: with the
/// elements of what the stages compute, which take memory of the order of the activations.
/// With `limits` the network's input comes in through all ports, and digital nodes are divided among stages that each take no longer, or both as it
/// says, as far as they can be.
Lowered lower(const workloads::TiledNetwork& tiled, bool traced = false, const std::optional<StageLimits>& limits = std::nullopt);

}  // namespace mho::mapper
