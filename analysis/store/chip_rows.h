#pragma once

#include <cstdint>
#include <vector>

#include "analysis/experiment/chip_run.h"
#include "analysis/experiment/improvement.h"

namespace mho::analysis {

class RowWriter;

/// Everything about run `run` but its row of `run` and its scores: parameters, layers, stages, phases, units, links, gates, tokens, the functional
/// simulation, tiles, energy and area. Within the caller's transaction.
void insert_chip_rows(RowWriter& writer, std::int64_t run, const Design& design, const ChipResult& result);

/// What one more of each resource brings to run `run`, in place of what was stored of that before.
void insert_marginal_rows(RowWriter& writer, std::int64_t run, const std::vector<ImprovementStep>& steps);

}  // namespace mho::analysis
