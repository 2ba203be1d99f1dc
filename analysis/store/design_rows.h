#pragma once

#include <cstdint>
#include <string>

#include "analysis/design/design.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}

namespace mho::analysis {

class RowWriter;

/// The value of declaration.hash for this version of mho.
std::string declarations_hash(const base::Declarations& declarations);

/// Inserts the rows of `setting` for run `run`, and those of `declaration` that the file lacks. Within the caller's transaction.
void insert_design_rows(RowWriter& writer, std::int64_t run, const base::Config& config);

/// The design of run `run` as stored, bit for bit, with its name. Throws UserError if this version cannot read it or there is no such run;
/// SQLite::Exception.
Design design_of_run(SQLite::Database& database, std::int64_t run);

}  // namespace mho::analysis
