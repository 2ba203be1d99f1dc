#pragma once

#include <cstdint>
#include <string>

#include "analysis/cost/cost_table.h"
#include "analysis/design/design.h"

namespace mho::analysis {

/// The costs of a stored run: the events per inference of the run instead of a full load.
struct StoredCosts {
  Design design;
  std::string network;
  std::string data{};   ///< data set whose samples set the power of inputs; empty: every input at full scale
  bool single = false;  ///< only one inference was simulated
  CostTable load;
};

/// Reads run `run` of the database at `path`, which is not changed. Throws UserError if there is no such file or run, or if the run is older than the
/// tables that are needed.
StoredCosts stored_costs(const std::string& path, std::int64_t run);

}  // namespace mho::analysis
