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
  int batch = 1;                      ///< inferences that pass through the phases together
  bool fastest = false;               ///< cuts with the shortest time of a batch (fastest_cuts); else phases are filled one after the other
  std::vector<std::size_t> limits{};  ///< most tiles by computing phase, for the first phases; with `fastest`, the least limits all
};

/// Divides a program with more tiles than the chip into phases that fit, each after a phase that programs its tiles. Phases take tiles in the order
/// of their stages; the stages of a recurrence stay together. Data that a later phase reads are written to the memory behind a port and read back;
/// weights come from there too, and the network's input is read again. A program that fits is not changed. Call it before the sizing of buffers.
/// Throws UserError (does_not_fit) that names a recurrence which does not fit alone, or layers with different tile settings.
void partition(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const PhaseOptions& options);

/// Applies `work` to each phase as a program of its own, and copies cores of stages and capacities of edges back. A program without phases is passed
/// as a whole.
void for_each_phase(hw::Program& program, const std::function<void(hw::Program&)>& work);

/// A phase that could not be placed.
struct PlacementFailure {
  std::size_t part = 0;  ///< number of the computing phase
  std::size_t tiles = 0;
  base::UserError error;
};

/// place() for each phase; tiles are programmed on the node where they compute. Returns the first phase that does not fit (part 0 for a program
/// without phases). Other errors as place().
std::optional<PlacementFailure> place_phases(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile,
                                             const PlacementChoice& choice);

}  // namespace mho::mapper
