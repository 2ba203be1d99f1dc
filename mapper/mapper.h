#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "mapper/block_packing.h"
#include "mapper/copy_choice.h"
#include "mapper/lowering/dataflow.h"
#include "mapper/lowering/inference_mode.h"
#include "mapper/lowering/tile_placement.h"
#include "mapper/placement/place.h"
#include "mapper/saved/saved_mapping.h"
#include "tiles/layer_tiles.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/graph/network.h"

namespace mho::mapper {

/// Declarations of the parameters of this layer: keys mapper.*
base::Declarations declarations();

struct MapperParameters {
  PlacementChoice placement;           ///< placement of tiles and stages on cores
  int buffer_slack = 2;                ///< positions of a buffer beyond the largest window and the credits in flight
  bool buffers_for_throughput = true;  ///< enlarges buffers if that shortens the interval
  CopyChoice copies;                   ///< copies of matrices without a rule of their own
  PackingChoice packing;               ///< packing of blocks on tiles
  bool row_turns = true;               ///< copies serve whole output rows of a convolution; else single positions
  bool reloaded = false;               ///< a network larger than the chip is computed in phases; tiles are reprogrammed in between
  bool fastest_phases = false;         ///< phases are cut for the shortest time; else filled one after the other
  int reload_batch = 1;                ///< inferences per batch, which passes through all phases
  bool caches_in_memory = false;       ///< keys and values are in the memory behind a port; else in the digital cores
  std::int64_t cache_block_bits = 0;   ///< bits of keys or values that a product reads from memory at once
  /// Mapping from a file, see apply_layout(); null: the mapper chooses. Not set by a key.
  std::shared_ptr<const SavedMapping> saved{};
  static MapperParameters read(const base::Config& config);
};

/// The result of map().
struct Mapping {
  hw::Program program;
  std::vector<TilePlacement> tiles;
  std::optional<Dataflow> dataflow;    ///< if it was traced
  std::map<std::string, int> divided;  ///< Lowered::divided
  double utilisation = 0;              ///< cells with weights over all cells of the used tiles
  /// Result of hw::estimate for the program; empty unless the sizing of buffers computed it.
  std::optional<hw::SimulationResult> estimate{};
};

/// The default Layout (tiles::default_layout) of all matrices that are not digital.
tiles::Layout single_layout(const workloads::Network& network, const tiles::LayerTiles& tiles);

/// The network with single_layout() and full-scale inputs, to be calibrated. Throws UserError if no matrix is on tiles.
workloads::TiledNetwork lay_out(workloads::Network network, tiles::LayerTiles tiles);

/// Maps the network onto the chip for inferences of `mode`. Throws UserError: (does_not_fit) with what is missing and what to change; for parameters
/// that exclude each other; for a mode that the network does not support; and as place_saved() does. A saved mapping must have been applied to the
/// Layout (apply_layout). `traced`: keeps the dataflow, for FunctionalChip.
Mapping map(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const MapperParameters& parameters, const InferenceMode& mode = {},
            bool traced = false);

/// hw::estimate of a mapping by map() with the same chip and standard tile. Returns Mapping::estimate if it is set, unless `one_at_a_time`.
hw::SimulationResult estimate(const Mapping& mapping, const hw::ChipParameters& chip, const tiles::TileParameters& tile, bool one_at_a_time = false);

/// New nodes of the digital cores, and the mapping for them.
struct MovedCores {
  std::vector<int> digital_nodes;  ///< ascending
  SavedMapping mapping;
};

/// Moves digital cores to any node without a port by simulated annealing of the traffic. Throws as map(), and UserError for reloaded weights (each
/// phase would need its own nodes) and for several chips (all have the same nodes).
MovedCores move_digital_cores(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const MapperParameters& parameters,
                              const InferenceMode& mode = {});

}  // namespace mho::mapper
