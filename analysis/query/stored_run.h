#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analysis/design/design.h"
#include "analysis/experiment/experiment.h"
#include "analysis/experiment/improvement.h"
#include "analysis/query/reader.h"

namespace mho::analysis {

/// A run as its rows tell it: what was printed of it can be printed again.
struct StoredRun {
  Design design;
  Result result;        ///< of a simulation of the chip alone without accuracies; only the parts that are printed
  bool scored = false;  ///< it has accuracies
  std::uint64_t seed = 0;
};

/// Reads a run that was not refused. What versions before schema version 17 did not store is left out: the busiest unit, and who works in a unit.
/// Throws UserError: no such run, a run that was refused (its reason), a design that this version does not read.
StoredRun stored_run(const Reader& reader, std::int64_t run);

/// What was stored of run `run` as what one more of each resource would bring, the chip as it is first; empty where nothing was.
std::vector<ImprovementStep> stored_marginal(const Reader& reader, std::int64_t run);

}  // namespace mho::analysis
