#pragma once

#include "analysis/experiment/chip_run.h"

namespace mho::analysis {

/// What it takes to keep a chip as good as it was, and how many chips of a wafer have enough tiles. Energies of products are means of inference:
/// a one-hot reading drives one row, so what recalibration takes is an upper bound. Cores work side by side, the tiles of one core one after the
/// other; inferences wait meanwhile. Throws UserError (does_not_fit) where upkeep would take longer than its interval, and where the weights of the
/// design are reloaded, which is a refresh already.
Upkeep upkeep_of(const Design& design, const ChipResult& result);

}  // namespace mho::analysis
