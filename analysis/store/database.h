#pragma once

#include <chrono>
#include <string>

#include "base/error.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
class Exception;
}  // namespace SQLite

namespace mho::analysis {

/// SQLite's result code without its extension.
int primary_code(const SQLite::Exception& error);

/// What the user reads for an SQLite error while a result was to be stored at `path`.
base::UserError refusal(const std::string& path, const SQLite::Exception& error, std::chrono::milliseconds waited);

/// The same while it was read.
base::UserError reading_refusal(const std::string& path, const SQLite::Exception& error);

/// fresh: an empty file; older: of a schema version that can be migrated; current: of Store::schema_version.
enum class Contents { fresh, older, current };

/// Whose file it is; throws UserError for one of another program, a newer one, and one older than Store::oldest_schema_version.
Contents contents(SQLite::Database& database, const std::string& path);

/// The same of the file at `path`, opened for reading. Throws UserError too for one that is missing, empty or damaged.
Contents contents_of_file(const std::string& path);

/// Checks that a result can be stored at `name`, and returns that as the path of a file. Neither creates nor changes a file: the migration of an
/// older one, or rows of every table in one of the present schema, are tried and rolled back. Throws UserError that says what to do.
std::string writable_path(std::string name, std::chrono::milliseconds longest_wait);

/// The database at `name` for a verb that reads: read-only, of Store::schema_version. Throws UserError for every other file; that of an older one
/// says which verbs migrate it.
SQLite::Database open_for_reading(const std::string& name);

}  // namespace mho::analysis
