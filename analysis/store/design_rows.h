#pragma once

#include <cstdint>
#include <string>

#include "analysis/design/design.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}

namespace mho::analysis {

class RowWriter;

/// What declaration.hash is for this version of mho.
std::string declarations_hash(const base::Declarations& declarations);

/// Rows of `setting` for run `run`, and those of `declaration` where the file does not have them yet. Within the caller's transaction.
void insert_design_rows(RowWriter& writer, std::int64_t run, const base::Config& config);

/// The design that run `run` was stored with, bit for bit; with the name it had. Throws UserError where this version does not read it, or no run has
/// this number; SQLite::Exception.
Design design_of_run(SQLite::Database& database, std::int64_t run);

}  // namespace mho::analysis
