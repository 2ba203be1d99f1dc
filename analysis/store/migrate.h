#pragma once

#include <string>

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}

namespace mho::analysis {

enum class Migrate { rehearse, keep };

/// Brings an older file, open for writing and outside of a transaction, to Store::schema_version in one transaction that holds nothing else; to
/// rehearse rolls it back at its end. Tables, columns, views and rows that a user has added stay. Does nothing where the file is no longer an older
/// one. Leaves foreign_keys off. Throws UserError where a step fails, a row refers to one that is gone, or a view of the user's no longer works;
/// Interrupted; SQLite::Exception for a full disk and the like. The file is then as it was.
void migrate(SQLite::Database& database, const std::string& path, Migrate mode);

}  // namespace mho::analysis
