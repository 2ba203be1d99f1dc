#pragma once

#include <string>
#include <vector>

#include "analysis/query/reader.h"

namespace mho::analysis {

/// One thing that was looked at.
struct HealthCheck {
  std::string what{};
  std::int64_t looked_at = 0;           ///< rows, runs or pages, as `what` says
  std::vector<std::string> problems{};  ///< at most the first 20
  std::int64_t more = 0;                ///< problems beyond these
};

/// The file itself (SQLite's integrity), rows that refer to rows that are gone, rows that refused runs should not have, and the sums of every run:
/// energies of layers and blocks, of components and of events, areas, bands, layers.
std::vector<HealthCheck> check_health(const Reader& reader);

}  // namespace mho::analysis
