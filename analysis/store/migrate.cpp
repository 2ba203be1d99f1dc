#include "analysis/store/migrate.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "analysis/store/database.h"
#include "analysis/store/schema.h"
#include "analysis/store/store.h"
#include "analysis/store/tables.h"
#include "base/error.h"
#include "base/progress.h"

namespace mho::analysis {

namespace {

std::vector<std::string> names_of_views(SQLite::Database& database) {
  std::vector<std::string> names;
  SQLite::Statement statement(database, "SELECT name FROM sqlite_master WHERE type = 'view'");
  while (statement.executeStep()) names.push_back(statement.getColumn(0).getString());
  return names;
}

/// Number of rows that refer to a missing row. A user can create such rows: by default, sqlite3 does not enforce references.
std::int64_t dangling_rows(SQLite::Database& database) { return database.execAndGet("SELECT count(*) FROM pragma_foreign_key_check").getInt64(); }

/// Throws std::runtime_error with a reason, or SQLite::Exception.
void apply_migrations(SQLite::Database& database) {
  const int from = database.execAndGet("PRAGMA user_version").getInt();
  const std::int64_t dangling = dangling_rows(database);
  for (const Migration& migration : migrations()) {
    if (migration.version > from) database.exec(std::string(migration.sql));
  }
  const std::vector<std::string>& own = schema_names().views;
  for (const std::string& view : own) database.exec(fmt::format("DROP VIEW IF EXISTS {}", quoted_name(view)));
  database.exec(std::string(views_sql()));
  database.exec(std::string(columns_sql()));
  for (const std::string& view : names_of_views(database)) {
    if (std::ranges::find(own, view) != own.end()) continue;
    try {
      const SQLite::Statement prepared(database, fmt::format("SELECT * FROM {}", quoted_name(view)));
    } catch (const SQLite::Exception& error) {
      throw std::runtime_error(fmt::format("the view {} would no longer work: {}", view, error.what()));
    }
  }
  if (dangling_rows(database) != dangling) throw std::runtime_error("rows would refer to rows that are gone");
  if (const std::string found = database.execAndGet("PRAGMA integrity_check").getString(); found != "ok") throw std::runtime_error(found);
  database.exec(fmt::format("PRAGMA user_version = {}", Store::schema_version));
}

}  // namespace

void migrate(SQLite::Database& database, const std::string& path, Migrate mode) {
  // Recreating a table must not delete the rows that refer to it; dangling_rows() checks them instead. Names in other tables, triggers and views
  // follow a renamed table only if legacy_alter_table is off.
  database.exec("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = OFF");
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  if (contents(database, path) != Contents::older) return;
  const auto failed = [&](const char* reason) {
    return base::UserError(
        fmt::format("{} has schema version {} and cannot be brought to {}: {}. It was left as it was. Mend that with sqlite3, or give --db another "
                    "file; CHANGELOG.md lists what a version changes",
                    path, database.execAndGet("PRAGMA user_version").getInt(), Store::schema_version, reason));
  };
  try {
    apply_migrations(database);
  } catch (const SQLite::Exception& error) {
    const int code = primary_code(error);
    if (code != SQLITE_ERROR && code != SQLITE_CONSTRAINT && code != SQLITE_MISMATCH) throw;
    throw failed(error.what());
  } catch (const std::runtime_error& error) {
    throw failed(error.what());
  }
  base::check_interrupt();
  if (mode == Migrate::keep) transaction.commit();
}

}  // namespace mho::analysis
