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

/// A number of tiles, and the shortest interval that copies of matrices reach on it. Without a plan, one copy of all matrices does not fit.
struct TileBudget {
  std::string name;
  std::int64_t tiles = 0;
  std::optional<mapper::CopyPlan> plan;
};

/// Bounds set by the tiles alone; digital units, network, ports and buffers may set longer intervals.
struct TileBounds {
  std::vector<mapper::MatrixDemand> matrices;
  bool row_turns = true;                   ///< copies take turns after rows (as in the design), else after single positions
  std::vector<TileBudget> budgets;         ///< one copy, this chip, 1.5, 2 and 4 times the tiles of one copy
  std::optional<mapper::CopyPlan> wanted;  ///< fewest tiles for the requested throughput; empty: none requested, or none reaches it
};

/// The bounds by tiles, exact for copies that take turns as in the design. `throughput_per_s`: requested inferences per second.
TileBounds tile_bounds(const Design& design, const workloads::TiledNetwork& tiled, std::optional<double> throughput_per_s);

/// Resources of a mapped matrix.
struct MappedMatrix {
  std::string name;
  int copies = 1, tiles = 0, cores = 0;
  double buffer_bits = 0;  ///< size of the input buffers on its cores
};

/// Load of one of several chips.
struct MappedChip {
  std::string first, last;  ///< first and last layer on it
  int tiles = 0, digital_cores = 0;
  double bits_on = 0, bits_back = 0;  ///< per inference, over the link to the next chip and back
  double link_share = 0;              ///< share of the interval in which the busier direction of that link works
};

/// The mapping of a network to a chip, and its distance from the bounds that no schedule can undercut.
struct MappingBounds {
  std::vector<MappedMatrix> matrices;
  std::vector<MappedChip> chips;  ///< if there are several
  int tiles = 0, analog_cores = 0, digital_cores = 0;
  mapper::PackedTiles packing;
  double interval_s = 0, latency_s = 0;  ///< from hw::estimate
  bool settled = false;
  double square_metre = 0, energy_j = 0;  ///< area of the chip; energy of an inference in steady state
  std::vector<IntervalBound> bounds;      ///< the longest first
  double flit_hops = 0;                   ///< flit-hops of an inference
  std::int64_t payload_flit_hops = 0;     ///< without packets of credits; the placement minimises this number
  std::int64_t least_flit_hops = 0;       ///< lower bound for any placement on these cores, see mapper::traffic_bound
  hw::Program program;
  hw::Activity single;           ///< one inference, estimated
  mapper::SavedMapping mapping;  ///< form for a file
};

/// Maps a network from prepare() for inferences of `mode` and estimates it. Throws as mapper::map and hw::estimate.
MappingBounds mapping_bounds(const Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode = {});

/// The design with the chip's digital cores moved to the nodes where annealing finds the least traffic (mapper::move_digital_cores), and the mapping
/// there.
Design with_digital_cores_moved(const Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode = {});

}  // namespace mho::analysis
