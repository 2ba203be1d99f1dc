#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hw/spec/parameters.h"
#include "mapper/lowering/lowered.h"
#include "mapper/placement/phase_cuts.h"
#include "mapper/placement/place.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// The demands on which the division of a program among chips depends, by step (phase_steps).
struct ChipDemand {
  /// Demand of a step.
  struct Step {
    std::size_t tiles = 0;          ///< tiles that no earlier step uses
    double digital_s = 0;           ///< time of its digital stages for one inference on one core
    std::int64_t digital_bits = 0;  ///< bits of the buffers of its digital stages
  };
  /// Demand of a cut between a step and the previous one.
  struct Cut {
    bool possible = true;          ///< no tile is used on both sides
    std::int64_t flits = 0;        ///< flits per inference in both directions, without credits
    double link_s = 0;             ///< time of the busier direction of the link for one inference
    std::int64_t memory_bits = 0;  ///< bits that the memories of the link need, in the direction that needs more
  };
  std::vector<Step> steps;
  std::vector<Cut> cuts;  ///< by the step after the cut; the first entry is unused
  double stage_s = 0;     ///< time of the busiest stage for one inference
};
/// The demand of a lowered program whose buffers are sized.
ChipDemand chip_demand(const Lowered& lowered, const PhaseSteps& steps, const hw::ChipParameters& chip, const tiles::TileParameters& tile);

/// Resources of one chip.
struct ChipSupply {
  std::size_t tiles = 0;
  int digital_cores = 0;
  std::int64_t digital_bits = 0;  ///< of all digital cores
  std::int64_t memory_bits = 0;   ///< of one end of a link, in one direction
};

/// First steps of the parts for at most `chips` chips in a row. Of all cuts that fit: those with the shortest time of the busiest stage, link and
/// digital cores (the mean over the cores of a part); of these, those with the fewest flits over all links. The result is exact: shortest paths over
/// the cuts, repeated for decreasing times. Empty if no cuts fit.
PhaseCuts chip_cuts(const ChipDemand& demand, const ChipSupply& supply, std::size_t chips);

/// place() for several chips. Divides the network into parts, one per chip and in order, and places each on its chip; data to and from other chips
/// are placed at the node of the link. If a part cannot be placed, the permitted number of tiles per chip is lowered. Throws UserError (does_not_fit)
/// that names what is missing.
void place_on_chips(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const PlacementChoice& choice);

}  // namespace mho::mapper
