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

/// What a cut of a program into parts for chips depends on, step by step (phase_steps). Buffers are sized.
struct ChipDemand {
  /// Of a step.
  struct Step {
    std::size_t tiles = 0;          ///< that no step before it uses
    double digital_s = 0;           ///< work of its digital stages for one inference, on one core
    std::int64_t digital_bits = 0;  ///< of their buffers
  };
  /// Between a step and the one before it.
  struct Cut {
    bool possible = true;          ///< no tile is used on both sides
    std::int64_t flits = 0;        ///< of an inference, in both directions, without those that return credits
    double link_s = 0;             ///< for which the busier direction of the link works
    std::int64_t memory_bits = 0;  ///< that the memories of its busier direction must hold
  };
  std::vector<Step> steps;
  std::vector<Cut> cuts;  ///< by the step behind the cut; of the first: none
  double stage_s = 0;     ///< work of the busiest stage for one inference, wherever it is
};
ChipDemand chip_demand(const Lowered& lowered, const PhaseSteps& steps, const hw::ChipParameters& chip, const tiles::TileParameters& tile);

/// What one chip has.
struct ChipSupply {
  std::size_t tiles = 0;
  int digital_cores = 0;
  std::int64_t digital_bits = 0;  ///< of all digital cores
  std::int64_t memory_bits = 0;   ///< of a link's end, in one direction
};

/// Where parts for at most `chips` chips begin, each with its neighbours at the next links. Of all cuts that fit, those with the shortest time of the
/// busiest stage, link and digital cores (the mean of a part's); of these, those with the fewest flits over all links. Exact: shortest paths over the
/// places between steps, the first over ever shorter times. Empty where no cuts fit.
PhaseCuts chip_cuts(const ChipDemand& demand, const ChipSupply& supply, std::size_t chips);

/// place() for several chips: cuts the network into one part a chip, in order, and places each on its chip; what goes to and comes from other chips
/// has its place at the node of the link. A part that finds no place lowers the number of tiles that a chip may have. Throws UserError
/// (does_not_fit) naming what is missing.
void place_on_chips(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const PlacementChoice& choice);

}  // namespace mho::mapper
