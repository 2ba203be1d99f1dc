#pragma once

#include <cstdint>

#include "analysis/experiment/chip_run.h"

namespace mho::analysis {

class RowWriter;

/// Everything about run `run` but its row of `run` and its scores: parameters, layers, stages, phases, units, links, gates, tokens, the functional
/// simulation, tiles, energy and area. Within the caller's transaction.
void insert_chip_rows(RowWriter& writer, std::int64_t run, const Design& design, const ChipResult& result);

}  // namespace mho::analysis
