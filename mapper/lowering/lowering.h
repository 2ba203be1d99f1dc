#pragma once

#include "mapper/lowering/lowered.h"
#include "workloads/execution/tiled_network.h"

namespace mho::mapper {

/// Cuts the network into stages and edges: one analog stage per block, an accumulating stage per column part where a matrix has several row parts,
/// one digital stage per other node; unary element-wise nodes ride on the stage before them. A recurrent node is its recurrent product and a digital
/// stage for its gates, which sends every time step's state back. Nodes that use the same matrix have stages on the same tiles. `traced`: with the
/// elements of what the stages compute, which take memory of the order of the activations.
Lowered lower(const workloads::TiledNetwork& tiled, bool traced = false);

}  // namespace mho::mapper
