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

/// Every parameter of this layer: keys mapper.*
base::Declarations declarations();

struct MapperParameters {
  PlacementChoice placement;           ///< of tiles and stages on cores
  int buffer_slack = 2;                ///< positions a buffer holds beyond the largest window
  bool buffers_for_throughput = true;  ///< buffers grow where that shortens the interval
  CopyChoice copies;                   ///< of matrices that no rule gives their own
  PackingChoice packing;               ///< of blocks on tiles
  bool row_turns = true;               ///< copies serve whole rows of the output of a convolution, else single positions
  bool reloaded = false;               ///< weights: a network larger than the chip is computed in phases, the tiles programmed in between
  bool fastest_phases = false;         ///< phases are cut for the least time, else filled one after the other
  int reload_batch = 1;                ///< inferences of a batch that goes through all phases
  bool caches_in_memory = false;       ///< caches: keys and values lie behind a port, else in the digital cores
  std::int64_t cache_block_bits = 0;   ///< that a product reads of them at once
  /// Lays and places the network as a file says, see apply_layout(); null: as the mapper chooses. No key has it.
  std::shared_ptr<const SavedMapping> saved{};
  static MapperParameters read(const base::Config& config);
};

struct Mapping {
  hw::Program program;
  std::vector<TilePlacement> tiles;
  std::optional<Dataflow> dataflow;    ///< where it was traced
  std::map<std::string, int> divided;  ///< Lowered::divided
  double utilisation = 0;              ///< weights stored / cells of the tiles used
  /// What hw::estimate answers for the program; empty unless sizing the buffers has found it.
  std::optional<hw::SimulationResult> estimate{};
};

/// The default Layout of every matrix that is not digital.
tiles::Layout single_layout(const workloads::Network& network, const tiles::LayerTiles& tiles);

/// The network on its tiles: the default Layout of every matrix that is not digital, every input at full scale until it is calibrated. Throws
/// UserError where nothing would run on a tile.
workloads::TiledNetwork lay_out(workloads::Network network, tiles::LayerTiles tiles);

/// Lowers the network onto the chip, for inferences of `mode`. Throws UserError: (does_not_fit) saying how many tiles are missing and what to change,
/// and for a mode that the network has not. A saved mapping must be in the Layout (apply_layout), and is refused as place_saved() says. `traced`:
/// with the dataflow, for a chip that computes (see FunctionalChip).
Mapping map(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const MapperParameters& parameters, const InferenceMode& mode = {},
            bool traced = false);

/// hw::estimate of a mapping of map() with the same chip and standard tile, not timed again where sizing the buffers has done so.
hw::SimulationResult estimate(const Mapping& mapping, const hw::ChipParameters& chip, const tiles::TileParameters& tile, bool one_at_a_time = false);

/// A chip whose digital cores stand elsewhere, and the mapping there.
struct MovedCores {
  std::vector<int> digital_nodes;  ///< ascending
  SavedMapping mapping;
};

/// Lets simulated annealing of the traffic move digital cores to any node without a port. Throws as map(), and UserError for weights that are
/// reloaded: each phase would have its own nodes.
MovedCores move_digital_cores(const workloads::TiledNetwork& tiled, const hw::ChipParameters& chip, const MapperParameters& parameters,
                              const InferenceMode& mode = {});

}  // namespace mho::mapper
