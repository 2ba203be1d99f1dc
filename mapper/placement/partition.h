#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/error.h"
#include "hw/spec/parameters.h"
#include "mapper/lowering/lowering.h"
#include "mapper/placement/place.h"
#include "tiles/layer_tiles.h"

namespace mho::mapper {

struct PhaseOptions {
  int batch = 1;                      ///< inferences that go through all phases together
  bool fastest = false;               ///< cuts with the least time of a batch (fastest_cuts), else phases filled one after the other
  std::vector<std::size_t> limits{};  ///< fewer tiles for the first so many computing phases than the chip has; the fewest count where `fastest`
};

/// Where the network has more tiles than the chip: divides the program into phases that fit, each after one that programs its tiles. Phases take
/// tiles in the order of their stages; the stages of a recurrence stay together. What a later phase reads goes to the memory behind a port and comes
/// back from there, and so do the weights; the network's input is read again. A program that fits stays as it is. Before buffers are sized. Throws
/// UserError (does_not_fit) naming a recurrence that does not fit alone, or layers whose tiles are of different settings.
void partition(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const PhaseOptions& options);

/// Does `work` to each phase as a program of its own; what it does to cores of stages and capacities of edges is taken over. Of a program without
/// phases, to all of it.
void for_each_phase(hw::Program& program, const std::function<void(hw::Program&)>& work);

/// A phase whose stages find no place although its tiles are no more than the chip's.
struct PlacementFailure {
  std::size_t part = 0;  ///< number of the computing phase
  std::size_t tiles = 0;
  base::UserError error;
};

/// place() for each phase; tiles are programmed where they compute. Answers the first phase that does not fit, 0 of a program without phases; throws
/// what else place() throws.
std::optional<PlacementFailure> place_phases(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile,
                                             const PlacementChoice& choice);

}  // namespace mho::mapper
