#pragma once

#include <cstdint>

#include "analysis/experiment/chip_run.h"

namespace SQLite {
class Database;
}

namespace mho::analysis {

/// Everything about run `run` but its row of `run` and its scores: parameters, layers, stages, phases, units, links, gates, tokens, what was
/// computed, tiles, energy and area. Within the caller's transaction.
void insert_chip_rows(SQLite::Database& database, std::int64_t run, const Design& design, const ChipResult& result);

}  // namespace mho::analysis
