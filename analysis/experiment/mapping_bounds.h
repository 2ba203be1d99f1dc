#pragma once

#include <string>
#include <vector>

#include "analysis/cost/interval_bounds.h"
#include "analysis/design/design.h"
#include "workloads/execution/tiled_network.h"

namespace mho::analysis {

/// What a mapped stage of a matrix takes.
struct MappedMatrix {
  std::string name;
  int copies = 1, tiles = 0, cores = 0;
  double buffer_bits = 0;  ///< of inputs, on its cores
};

/// How a network lies on a chip, and how far it is from what no schedule can beat.
struct MappingBounds {
  std::vector<MappedMatrix> matrices;
  int tiles = 0, analog_cores = 0, digital_cores = 0;
  double interval_s = 0, latency_s = 0;  ///< as hw::estimate says
  bool settled = false;
  double square_metre = 0, energy_j = 0;  ///< of the chip; of an inference in steady state
  std::vector<IntervalBound> bounds;      ///< the longest first
  double flit_hops = 0;                   ///< of an inference
};

/// Maps a network as prepare() returns it. Throws as mapper::map and hw::estimate.
MappingBounds mapping_bounds(const Design& design, const workloads::TiledNetwork& tiled);

}  // namespace mho::analysis
