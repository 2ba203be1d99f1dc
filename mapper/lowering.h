#pragma once

#include <optional>
#include <vector>

#include "hw/program.h"
#include "mapper/dataflow.h"
#include "mapper/mapper.h"

namespace mho::mapper {

/// A program whose stages have no cores yet and whose edges hold just their largest windows.
struct Lowered {
  hw::Program program;
  /// By stage: index of the analog tile in Layout order, or none for stages that no tile belongs to.
  std::vector<TilePlacement> tiles;           ///< in order of their stages; node not yet chosen
  std::optional<Dataflow> dataflow;           ///< without the elements of streams where it is not traced; may be dropped
  std::vector<std::vector<int>> tile_stages;  ///< stages of each entry of `tiles`: one, or one for each node that uses the matrix
};

/// Cuts the network into stages and edges: one analog stage per block, an accumulating stage per column part where a matrix has several row parts,
/// one digital stage per other node; unary element-wise nodes ride on the stage before them. A recurrent node is its recurrent product and a digital
/// stage for its gates, which sends every time step's state back. Nodes that use the same matrix have stages on the same tiles. `traced`: with the
/// elements of what the stages compute, which take memory of the order of the activations.
Lowered lower(const workloads::Network& network, const tiles::Layout& layout, const tiles::LayerTiles& tiles,
              const workloads::InputCalibration& calibration, bool traced = false);

}  // namespace mho::mapper
