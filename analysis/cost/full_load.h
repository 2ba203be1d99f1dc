#pragma once

#include "analysis/cost/cost_table.h"
#include "analysis/design/design.h"

namespace mho::analysis {

/// Costs of a chip under full load. In each interval every tile computes one full product, every digital core one operation per lane, every router
/// forwards one flit, every port moves the bits of one cycle and every link between chips the flits of one cycle. Full product: all rows driven, all
/// outputs converted, weights of mean magnitude 0.27 of full scale, inputs at 0.2 of full-scale power. All tiles have the design's own settings. The
/// interval is the time between products of a tile: that of its slowest unit, with converters shared in a core. `levels`: see add_sums. Throws
/// UserError (failed_check) as Inventory does.
CostTable full_load(const Design& design, bool levels = true);

}  // namespace mho::analysis
