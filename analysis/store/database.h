#pragma once

#include <SQLiteCpp/Exception.h>

#include <chrono>
#include <string>

#include "base/error.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}  // namespace SQLite

namespace mho::analysis {

/// SQLite's result code without its extension.
int primary_code(const SQLite::Exception& error);

/// The error to report for an SQLite error while storing a result at `path`; `waited`: time spent waiting for a lock.
base::UserError refusal(const std::string& path, const SQLite::Exception& error, std::chrono::milliseconds waited);

/// The same for an error while reading.
base::UserError reading_refusal(const std::string& path, const SQLite::Exception& error);

/// Rolls back the transaction that a killed writer has left in the file at `path`, if `error` of a reader comes from it: only a connection that can
/// write does that. Throws reading_refusal for other errors, and if another program locks the file.
void roll_back_or_refuse(const std::string& path, const SQLite::Exception& error);

/// Calls `read`, which reads the file at `path`, and again after a transaction of a killed writer is rolled back. Throws reading_refusal.
template <class Read>
auto read_beside_kills(const std::string& path, const Read& read) {
  constexpr int most_kills = 3;
  for (int kills = 0;; ++kills) {
    try {
      return read();
    } catch (const SQLite::Exception& error) {
      if (kills == most_kills) throw reading_refusal(path, error);
      roll_back_or_refuse(path, error);
    }
  }
}

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
