#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analysis/design/design.h"
#include "analysis/experiment/experiment.h"
#include "analysis/experiment/improvement.h"
#include "analysis/query/reader.h"

namespace mho::analysis {

/// A run read from its rows, for printing it again.
struct StoredRun {
  Design design;
  Result result;        ///< for a run without accuracy: without scores; only the printed parts are filled
  bool scored = false;  ///< the run has accuracies
  std::uint64_t seed = 0;
};

/// Reads a run. Data that versions before schema version 17 did not store are left out: the busiest unit, and the stages that work in a unit. Throws
/// UserError for a run that does not exist, a refused run (with its reason), and a design that this version cannot read.
StoredRun stored_run(const Reader& reader, std::int64_t run);

/// The stored effects of one more unit of each resource on run `run`, first the chip as it is; empty if none are stored.
std::vector<ImprovementStep> stored_marginal(const Reader& reader, std::int64_t run);

}  // namespace mho::analysis
