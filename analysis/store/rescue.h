#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mho::analysis {

/// Where rows go that their database did not take, best first: beside it, in the current folder, in that of temporary files. None of them exists.
std::vector<std::string> rescue_places(const std::string& database);

/// Leaves in the rescue database at `path`, in a table of its own, the statements that copy its rows into another database of the present schema,
/// under new numbers: for `sqlite3 RESCUE "SELECT statements FROM copy_rows" | sqlite3 TARGET`. Throws SQLite::Exception.
void add_copy_statements(const std::string& path);

}  // namespace mho::analysis
