#include "analysis/store/merge.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

#include "analysis/store/database.h"
#include "analysis/store/migrate.h"
#include "analysis/store/schema.h"
#include "analysis/store/store.h"
#include "analysis/store/tables.h"
#include "analysis/store/waiting.h"
#include "base/error.h"
#include "base/progress.h"

namespace mho::analysis {

namespace {

namespace fs = std::filesystem;

/// A copy of a file of an older schema, migrated; removed at the end.
class MigratedCopy {
 public:
  explicit MigratedCopy(const std::string& path) {
    std::error_code error;
    std::string pattern = (fs::temp_directory_path(error) / "mho-merge-XXXXXX").string();
    const int file = mkstemp(pattern.data());
    if (file < 0) throw base::UserError(fmt::format("{} has an older schema and no copy of it can be made in {}", path, pattern));
    close(file);
    path_ = pattern;
    fs::copy_file(path, path_, fs::copy_options::overwrite_existing, error);
    if (error) throw base::UserError(fmt::format("{} has an older schema and cannot be copied: {}", path, error.message()));
    SQLite::Database database(path_, SQLite::OPEN_READWRITE);
    migrate(database, path, Migrate::keep);
  }
  ~MigratedCopy() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  MigratedCopy(const MigratedCopy&) = delete;
  MigratedCopy& operator=(const MigratedCopy&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Creates the tables of a new file, or migrates those of an older one.
void prepare_target(SQLite::Database& database, const std::string& path) {
  const Contents found = contents(database, path);
  if (found == Contents::older) migrate(database, path, Migrate::keep);
  if (found != Contents::fresh) return;
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  if (contents(database, path) == Contents::fresh) create_tables(database);
  transaction.commit();
}

std::string list_of(const std::vector<std::string>& columns, std::string_view number, std::string_view becomes) {
  std::vector<std::string> list;
  list.reserve(columns.size());
  for (const std::string& column : columns) list.push_back(column == number ? std::string(becomes) : quoted_name(column));
  return fmt::format("{}", fmt::join(list, ", "));
}

std::int64_t count(SQLite::Database& database, const std::string& from) {
  return database.execAndGet(fmt::format("SELECT count(*) FROM {}", from)).getInt64();
}

/// Copies the results of the attached file `source` that main lacks.
Merged copy_results(SQLite::Database& database, const std::string& file) {
  const SchemaNames& names = schema_names();
  Merged merged{.file = file};
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  database.exec("PRAGMA defer_foreign_keys = ON");
  for (const std::string_view table : shared_tables) {
    database.exec(
        fmt::format("INSERT OR IGNORE INTO main.{0} ({1}) SELECT {1} FROM source.{0}", table, list_of(names.columns.find(table)->second, "", "")));
  }
  for (const std::string_view owner : owner_tables) {
    database.exec(fmt::format(
        "CREATE TEMP TABLE moved AS SELECT id AS old, row_number() OVER (ORDER BY id) + (SELECT coalesce(max(id), 0) FROM main.{0}) AS new "
        "FROM source.{0} WHERE uid NOT IN (SELECT uid FROM main.{0} WHERE uid IS NOT NULL)",
        owner));
    const std::int64_t added = count(database, "temp.moved");
    merged.added += added;
    merged.there_already += count(database, fmt::format("source.{}", owner)) - added;
    for (const auto& [table, columns] : names.columns) {
      const bool is_owner = table == owner;
      const bool of_owner = std::ranges::find(columns, owner) != columns.end() && std::ranges::find(owner_tables, table) == owner_tables.end();
      if (!is_owner && !of_owner) continue;
      const std::string_view number = is_owner ? "id" : owner;
      database.exec(fmt::format("INSERT INTO main.{0} ({1}) SELECT {2} FROM source.{0} s JOIN temp.moved m ON m.old = s.{3}", quoted_name(table),
                                list_of(columns, number, quoted_name(number)), list_of(columns, number, "m.new"), quoted_name(number)));
      base::check_interrupt();
    }
    database.exec("DROP TABLE temp.moved");
  }
  transaction.commit();
  return merged;
}

void attach(SQLite::Database& database, const std::string& path) {
  SQLite::Statement statement(database, "ATTACH ? AS source");
  statement.bind(1, path);
  statement.exec();
}

Merged merge_file(const std::string& target, const std::string& file) {
  std::error_code error;
  if (fs::exists(target, error) && fs::equivalent(target, file, error)) {
    throw base::UserError(fmt::format("{} is the database of --db itself", file), base::ExitCode::usage);
  }
  std::optional<MigratedCopy> copy;
  {
    const bool older = contents_of_file(file) == Contents::older;
    if (older) copy.emplace(file);
  }
  Waiting waiting(target, Store::usual_wait);
  try {
    SQLite::Database database(target, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    waiting.attach(database);
    prepare_target(database, target);
    database.exec("PRAGMA foreign_keys = ON");
    attach(database, copy ? copy->path() : file);
    return copy_results(database, file);
  } catch (const SQLite::Exception& exception) {
    throw refusal(target, exception, Store::usual_wait);
  }
}

}  // namespace

std::vector<Merged> merge_files(const std::string& target, const std::vector<std::string>& files) {
  const std::string path = writable_path(target, Store::usual_wait);
  // Nothing is merged if one of the files cannot be read.
  for (const std::string& file : files) static_cast<void>(contents_of_file(file));
  std::vector<Merged> all;
  all.reserve(files.size());
  for (const std::string& file : files) all.push_back(merge_file(path, file));
  return all;
}

void delete_runs(const std::string& path, const std::vector<std::int64_t>& runs) {
  Waiting waiting(path, Store::usual_wait);
  try {
    SQLite::Database database(writable_path(path, Store::usual_wait), SQLite::OPEN_READWRITE);
    waiting.attach(database);
    if (contents(database, path) == Contents::older) migrate(database, path, Migrate::keep);
    database.exec("PRAGMA foreign_keys = ON");
    {
      SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
      SQLite::Statement statement(database, "DELETE FROM run WHERE id = ?");
      for (const std::int64_t run : runs) {
        statement.reset();
        statement.bind(1, run);
        statement.exec();
        base::check_interrupt();
      }
      database.exec(
          "DELETE FROM declaration WHERE hash NOT IN (SELECT declarations FROM run WHERE declarations IS NOT NULL);"
          "DELETE FROM kept_file WHERE hash NOT IN (SELECT f.value ->> 'hash' FROM run r, json_each(r.inputs, '$.files') f UNION "
          "SELECT f.value ->> 'hash' FROM study r, json_each(r.inputs, '$.files') f UNION "
          "SELECT f.value ->> 'hash' FROM training r, json_each(r.inputs, '$.files') f)");
      transaction.commit();
    }
    database.exec("VACUUM");
  } catch (const SQLite::Exception& exception) {
    throw refusal(path, exception, Store::usual_wait);
  }
}

}  // namespace mho::analysis
