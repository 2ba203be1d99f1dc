#pragma once

#include <map>
#include <optional>
#include <string>

#include "mapper/lowering/lowered.h"
#include "workloads/execution/tiled_network.h"

namespace mho::mapper {

/// Limits for the division of digital nodes into several stages.
struct StageLimits {
  double interval_s = 0;  ///< interval of the tiles, which digital stages must not exceed
  int digital_cores = 1, ports = 1;
  int flit_bits = 64;
  double digital_hertz = 0, network_hertz = 0;
  /// Number of stages by node and input_of_network; 1 for others. Empty: as many as the interval requires.
  std::optional<std::map<std::string, int>> divided{};
};

/// Converts the network into stages and edges: one analog stage per block; one accumulating digital stage per column part of a matrix with several
/// row parts; one digital stage per other node. Unary element-wise nodes are fused with the preceding stage. A recurrent node becomes a recurrent
/// product and a digital stage for its gates, which feeds the state of each time step back. Nodes that use the same matrix have stages on the same
/// tiles. `traced`: stores the elements of all streams, which takes memory of the order of the activations. With `limits`, the input enters through
/// all ports, and digital nodes are divided into stages that keep the interval, as far as possible; or both are divided as limits->divided states.
Lowered lower(const workloads::TiledNetwork& tiled, bool traced = false, const std::optional<StageLimits>& limits = std::nullopt);

}  // namespace mho::mapper
