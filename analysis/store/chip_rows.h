#pragma once

#include <cstdint>
#include <vector>

#include "analysis/experiment/chip_run.h"
#include "analysis/experiment/improvement.h"

namespace mho::analysis {

class RowWriter;

/// Inserts all rows of run `run` except those of `run` itself and its scores: parameters, layers, stages, phases, units, links, gates, tokens, the
/// functional simulation, tiles, energy and area. Within the caller's transaction.
void insert_chip_rows(RowWriter& writer, std::int64_t run, const Design& design, const ChipResult& result);

/// Inserts the effect of one more unit of each resource on run `run`; replaces rows stored before.
void insert_marginal_rows(RowWriter& writer, std::int64_t run, const std::vector<ImprovementStep>& steps);

}  // namespace mho::analysis
