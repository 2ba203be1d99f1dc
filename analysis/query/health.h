#pragma once

#include <string>
#include <vector>

#include "analysis/query/reader.h"

namespace mho::analysis {

/// Result of one check of a database.
struct HealthCheck {
  std::string what{};
  std::int64_t looked_at = 0;           ///< number of checked rows, runs or pages, as `what` states
  std::vector<std::string> problems{};  ///< at most the first 20
  std::int64_t more = 0;                ///< problems beyond these
};

/// Checks the file (SQLite's integrity check), references to missing rows, rows that refused runs must not have, and the sums of every run: energies
/// of layers and blocks, of components and of events, areas, bands, layers.
std::vector<HealthCheck> check_health(const Reader& reader);

}  // namespace mho::analysis
