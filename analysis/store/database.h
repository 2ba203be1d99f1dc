#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/error.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
class Exception;
}  // namespace SQLite

namespace mho::analysis {

/// SQLite's result code without its extension.
int primary_code(const SQLite::Exception& error);

/// The error to report for an SQLite error while storing a result at `path`; `waited`: time spent waiting for a lock.
base::UserError refusal(const std::string& path, const SQLite::Exception& error, std::chrono::milliseconds waited);

/// The same for an error while reading.
base::UserError reading_refusal(const std::string& path, const SQLite::Exception& error);

/// Calls `read`, which reads the file at `path`. If a killed writer has left a transaction there, rolls it back and calls `read` again: only a
/// connection that can write rolls back. Throws reading_refusal.
void read_beside_kills(const std::string& path, const std::function<void()>& read);

/// fresh: an empty file; older: of a schema version that can be migrated; current: of Store::schema_version.
enum class Contents { fresh, older, current };

/// The kind of a file. Throws UserError for a file of another program, of a newer schema, or of one older than Store::oldest_schema_version.
Contents contents(SQLite::Database& database, const std::string& path);

/// The same for the file at `path`, opened for reading. Also throws UserError for a file that is missing, empty or damaged.
Contents contents_of_file(const std::string& path);

/// Checks that a result can be stored at `name`, and returns the path of the file. Neither creates nor changes a file: the migration of an older
/// file, or rows of every table in a current one, are tried and rolled back. Throws UserError that says what to do.
std::string writable_path(std::string name, std::chrono::milliseconds longest_wait);

/// Opens the database at `name` read-only; it must be of Store::schema_version. Throws UserError for every other file; for an older one the message
/// names the verbs that migrate it.
SQLite::Database open_for_reading(const std::string& name);

}  // namespace mho::analysis
