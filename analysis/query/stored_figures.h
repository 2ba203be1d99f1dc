#pragma once

#include <cstdint>

#include "analysis/cost/roll_up.h"
#include "analysis/query/reader.h"

namespace mho::analysis {

/// Reads the stored costs of a run into empty `costs`: bands, components, blocks, areas, events, efficiencies and gates.
void read_costs(const Reader& reader, std::int64_t run, RollUp& costs);

}  // namespace mho::analysis
