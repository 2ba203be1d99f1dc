#pragma once

#include <cstdint>

#include "analysis/cost/roll_up.h"
#include "analysis/query/reader.h"

namespace mho::analysis {

/// What costs are stored of a run: bands, components, blocks, areas, events, efficiencies and gates. Into costs that hold none of them.
void read_costs(const Reader& reader, std::int64_t run, RollUp& costs);

}  // namespace mho::analysis
