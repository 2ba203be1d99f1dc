#pragma once

#include <cstdint>
#include <string>

#include "analysis/cost/cost_table.h"
#include "analysis/design/design.h"

namespace mho::analysis {

/// What a run in a database says of its costs: its own events per inference in place of a full load.
struct StoredCosts {
  Design design;
  std::string network;
  std::string data{};   ///< whose samples set the power of inputs; empty: every input at full scale
  bool single = false;  ///< one inference alone was simulated
  CostTable load;
};

/// Reads run `run` of the database at `path`, which is not changed. Throws UserError: no such file, run, or a run older than the tables it needs.
StoredCosts stored_costs(const std::string& path, std::int64_t run);

}  // namespace mho::analysis
