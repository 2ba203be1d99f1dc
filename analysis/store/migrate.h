#pragma once

#include <string>

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}

namespace mho::analysis {

/// rehearse: roll the migration back at its end; keep: commit it.
enum class Migrate { rehearse, keep };

/// Migrates an older file, open for writing and outside of a transaction, to Store::schema_version, in one transaction that holds nothing else.
/// Tables, columns, views and rows that a user has added stay. Does nothing if the file is no longer older. Leaves foreign_keys off. Throws UserError
/// if a step fails, a row refers to a missing one, or a view of the user no longer works; Interrupted; SQLite::Exception for a full disk and similar
/// errors. The file is then unchanged.
void migrate(SQLite::Database& database, const std::string& path, Migrate mode);

}  // namespace mho::analysis
