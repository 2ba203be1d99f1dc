#pragma once

#include "analysis/experiment/chip_run.h"

namespace mho::analysis {

/// Effort to keep a chip at its accuracy, and the share of chips with enough working tiles. Energies of products are means over an inference. A
/// one-hot reading drives one row only, so the energy of recalibration is an upper bound. Cores work in parallel, tiles of one core one after the
/// other; inferences wait meanwhile. Throws UserError (does_not_fit) if upkeep takes longer than its interval, and if the design reloads weights,
/// which already refreshes them.
Upkeep upkeep_of(const Design& design, const ChipResult& result);

}  // namespace mho::analysis
