#pragma once

#include "analysis/cost/cost_table.h"
#include "analysis/design/design.h"

namespace mho::analysis {

/// A chip on which every tile makes one full product, every digital core one operation on each lane, every router passes one flit on and every port
/// moves the bits of one cycle. Full product: all rows driven and all outputs converted; weights of mean magnitude 0.27 of full scale, inputs that
/// draw 0.2 of full-scale power. All tiles have the settings of `tile`; the interval is that between products of a tile: its slowest unit,
/// converters shared with other tiles of its core. `levels`: see add_sums. Throws UserError (failed_check) as Inventory.
CostTable full_load(const Design& design, bool levels = true);

}  // namespace mho::analysis
