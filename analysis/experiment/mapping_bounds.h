#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/cost/interval_bounds.h"
#include "analysis/design/design.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "mapper/block_packing.h"
#include "mapper/demand.h"
#include "mapper/saved/saved_mapping.h"
#include "workloads/execution/tiled_network.h"

namespace mho::analysis {

/// A number of tiles, and the shortest interval that copies of matrices reach on it; without a plan one copy of everything does not fit.
struct TileBudget {
  std::string name;
  std::int64_t tiles = 0;
  std::optional<mapper::CopyPlan> plan;
};

/// What tiles alone allow a network; digital units, network, ports and buffers may set longer intervals.
struct TileBounds {
  std::vector<mapper::MatrixDemand> matrices;
  bool row_turns = true;                   ///< copies take turns after rows, as the design says; else after single positions
  std::vector<TileBudget> budgets;         ///< one copy, this chip, 1.5, 2 and 4 times the tiles of one copy
  std::optional<mapper::CopyPlan> wanted;  ///< the fewest tiles for the throughput that is asked for; empty where none is, or none reaches it
};

/// Exact, of copies that take turns as the design says.
TileBounds tile_bounds(const Design& design, const workloads::TiledNetwork& tiled, std::optional<double> throughput_per_s);

/// What a mapped stage of a matrix takes.
struct MappedMatrix {
  std::string name;
  int copies = 1, tiles = 0, cores = 0;
  double buffer_bits = 0;  ///< of inputs, on its cores
};

/// What one of several chips does.
struct MappedChip {
  std::string first, last;  ///< layers on it
  int tiles = 0, digital_cores = 0;
  double bits_on = 0, bits_back = 0;  ///< of an inference, over the link to the next chip and back
  double link_share = 0;              ///< of the interval for which the busier direction of that link works
};

/// How a network lies on a chip, and how far it is from what no schedule can beat.
struct MappingBounds {
  std::vector<MappedMatrix> matrices;
  std::vector<MappedChip> chips;  ///< where there are several
  int tiles = 0, analog_cores = 0, digital_cores = 0;
  mapper::PackedTiles packing;
  double interval_s = 0, latency_s = 0;  ///< as hw::estimate says
  bool settled = false;
  double square_metre = 0, energy_j = 0;  ///< of the chip; of an inference in steady state
  std::vector<IntervalBound> bounds;      ///< the longest first
  double flit_hops = 0;                   ///< of an inference
  std::int64_t payload_flit_hops = 0;     ///< of these without packets of credits: what the placement makes small
  std::int64_t least_flit_hops = 0;       ///< no placement on these cores has fewer, see mapper::traffic_bound
  hw::Program program;
  hw::Activity single;           ///< one inference, estimated
  mapper::SavedMapping mapping;  ///< as it may be written to a file
};

/// Maps a network as prepare() returns it for inferences of `mode`. Throws as mapper::map and hw::estimate.
MappingBounds mapping_bounds(const Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode = {});

/// The design with the chip's digital cores where annealing finds the least traffic (mapper::move_digital_cores), and the mapping there.
Design with_digital_cores_moved(const Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode = {});

}  // namespace mho::analysis
