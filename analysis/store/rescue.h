#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mho::analysis {

/// Paths for a rescue database when the database at `database` cannot take a result, best first: beside it, in the current folder, in the folder of
/// temporary files. None of them exists yet.
std::vector<std::string> rescue_places(const std::string& database);

/// Adds a table to the rescue database at `path` with SQL statements that copy its rows into another database of the present schema, under new
/// numbers. Use: `sqlite3 RESCUE "SELECT statements FROM copy_rows" | sqlite3 TARGET`. Throws SQLite::Exception.
void add_copy_statements(const std::string& path);

}  // namespace mho::analysis
