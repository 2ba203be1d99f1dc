#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "mapper/lowering/dataflow.h"
#include "mapper/lowering/tile_placement.h"
#include "tiles/layer_tiles.h"
#include "tiles/layout.h"
#include "workloads/execution/evaluation.h"
#include "workloads/graph/network.h"

namespace mho::mapper {

/// Every parameter of this layer: keys mapper.*
base::Declarations declarations();

struct MapperParameters {
  std::string placement;              ///< "snake"
  int buffer_slack = 2;               ///< positions a buffer holds beyond the largest window
  bool reloaded = false;              ///< weights: a network larger than the chip is computed in phases, the tiles programmed in between
  int reload_batch = 1;               ///< inferences of a batch that goes through all phases
  bool caches_in_memory = false;      ///< caches: keys and values lie behind a port, else in the digital cores
  std::int64_t cache_block_bits = 0;  ///< that a product reads of them at once
  // How a sequence is worked on; no keys of a design.
  bool token_by_token = false;  ///< the program of one token, those before it in the caches
  int context = 0;              ///< then: tokens that it sees, itself included; 0: the whole sequence
  bool prefill = false;         ///< the program of all tokens, which fills the caches
  static MapperParameters read(const base::Config& config);
};

struct Mapping {
  hw::Program program;
  std::vector<TilePlacement> tiles;
  std::optional<Dataflow> dataflow;  ///< where it was traced
  double utilisation = 0;            ///< weights stored / cells of the tiles used
};

/// The default Layout of every analog node.
tiles::Layout make_layout(const workloads::Network& network, const tiles::LayerTiles& tiles);

/// Lowers the network onto the chip. Throws UserError (does_not_fit) saying how many tiles are missing and what to change. `traced`: with the
/// dataflow, for a chip that computes (see FunctionalChip).
Mapping map(const workloads::Network& network, const tiles::Layout& layout, const hw::ChipParameters& chip, const tiles::LayerTiles& tiles,
            const MapperParameters& parameters, const workloads::InputCalibration& calibration, bool traced = false);

}  // namespace mho::mapper
