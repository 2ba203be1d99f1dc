#include "analysis/store/database.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>
#include <optional>

#include "analysis/store/migrate.h"
#include "analysis/store/rows.h"
#include "analysis/store/store.h"
#include "analysis/store/waiting.h"
#include "base/output_file.h"
#include "base/progress.h"

namespace mho::analysis {

namespace {

namespace fs = std::filesystem;

/// Writers hold the lock that excludes readers for milliseconds only.
constexpr int longest_wait_of_readers_ms = 10'000;

constexpr int primary_code_mask = 0xff;  // SQLite's extended result codes carry the primary code in the low byte

/// Throws UserError unless a file can be created and written in the folder, where SQLite writes its journal. Creating a file is more reliable than
/// reading permission bits.
void require_writable_folder(const std::string& named) {
  const std::string path = base::behind_links(named);
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw base::UserError(fmt::format("{} cannot be created: {} is not a folder. Create it, or give --db another file", path, folder.string()));
  }
  // The name is as long as that of the journal.
  std::string probe = path + "-jXXXXXX";
  const int file = mkstemp(probe.data());
  if (file < 0) {
    throw base::UserError(
        fmt::format("{} cannot be written: the folder {} takes no new files of this name ({}). Mend its permissions, or give --db a file elsewhere",
                    path, folder.string(), std::strerror(errno)));
  }
  unlink(probe.c_str());
  // A nearly full disk accepts a part of a page; the next write returns the reason.
  const std::string page(std::size_t{1} << 12U, '\0');
  std::size_t filled = 0;
  for (ssize_t more = 1; more > 0 && filled < page.size(); filled += static_cast<std::size_t>(std::max(more, ssize_t{0}))) {
    more = write(file, page.data() + filled, page.size() - filled);
  }
  const bool written = filled == page.size() && fsync(file) == 0;
  const std::string why = std::strerror(errno);
  close(file);
  if (!written) throw base::UserError(fmt::format("{} cannot be written: {}. Free some space, or give --db a file on another disk", path, why));
}

/// The path of a database; throws UserError unless it names an ordinary file or a file that does not exist yet.
std::string file_path(std::string path) {
  // SQLite gives these names a special meaning.
  if (path.starts_with(":") || path.starts_with("file:")) {
    throw base::UserError(
        fmt::format("--db '{0}': results are kept in a file, neither in memory nor at an address; give its name (./{0} for one called so)", path),
        base::ExitCode::usage);
  }
  if (path.empty()) throw base::UserError("--db needs the name of a file", base::ExitCode::usage);
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::none)
    throw base::UserError(fmt::format("{} cannot be used: {}; give --db another file", path, error.message()));
  if (fs::is_directory(status)) throw base::UserError(fmt::format("{} is a folder; give --db the name of a file", path));
  if (fs::exists(status) && !fs::is_regular_file(status)) throw base::UserError(fmt::format("{} is no ordinary file; give --db another name", path));
  return path;
}

/// Inserts a row in every table and rolls back. A user's addition (a column that must not be NULL, a trigger) can refuse the row.
void try_rows(SQLite::Database& database, const std::string& path) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  database.exec("PRAGMA ignore_check_constraints = ON");
  try {
    RowWriter writer(database);
    for (const auto& [table, columns] : schema_names().columns) {
      try {
        writer.try_row(table);
      } catch (const SQLite::Exception& error) {
        if (primary_code(error) != SQLITE_CONSTRAINT && primary_code(error) != SQLITE_ERROR) throw;
        throw base::UserError(fmt::format("{}: table {} does not take rows of mho: {}. Mend what was added to it, or give --db another file", path,
                                          table, error.what()));
      }
    }
  } catch (...) {
    database.exec("PRAGMA ignore_check_constraints = OFF");
    throw;
  }
  database.exec("PRAGMA ignore_check_constraints = OFF");
}

/// Rolls back the transaction of a killed writer if the `error` of a reader comes from it. Throws reading_refusal for other errors, and if another
/// program locks the file.
void roll_back_or_refuse(const std::string& path, const SQLite::Exception& error) {
  std::error_code ignored;
  const int code = primary_code(error);
  if ((code != SQLITE_READONLY && code != SQLITE_CANTOPEN) || !fs::exists(path + "-journal", ignored)) throw reading_refusal(path, error);
  try {
    // The first access of a connection that can write rolls back.
    SQLite::Database database(path, SQLite::OPEN_READWRITE, longest_wait_of_readers_ms);
    database.exec("SELECT count(*) FROM sqlite_master");
  } catch (const SQLite::Exception& locked) {
    throw reading_refusal(path, locked);
  }
}

}  // namespace

int primary_code(const SQLite::Exception& error) { return error.getErrorCode() & primary_code_mask; }

base::UserError refusal(const std::string& path, const SQLite::Exception& error, std::chrono::milliseconds waited) {
  const std::string_view nothing = "Nothing of this run was stored.";
  if (primary_code(error) == SQLITE_NOMEM) throw std::bad_alloc();  // the file is undamaged
  switch (primary_code(error)) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return base::UserError(fmt::format("{} is not an SQLite database, or a damaged one; give --db another file. {}", path, nothing));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return base::UserError(
          fmt::format("{} cannot be written ({}); mend its permissions or give --db another file. {}", path, error.what(), nothing));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return base::UserError(fmt::format("{} is locked by another program for more than {} s; close it there and run again. {}", path,
                                         std::chrono::duration<double>(waited).count(), nothing));
    case SQLITE_FULL:
      return base::UserError(fmt::format("the disk is full: {} cannot grow. Free some space or give --db a file on another disk. {}", path, nothing));
    case SQLITE_IOERR:
      return base::UserError(
          fmt::format("{} cannot be written: {} (a full disk, a size limit or a failing device). Give --db a file on another disk. {}", path,
                      error.what(), nothing));
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return base::UserError(fmt::format("a result of this run is not a legal value ({}); it is not to be trusted. {}", error.what(), nothing),
                             base::ExitCode::failed_check);
    default:
      return base::UserError(fmt::format("{}: {}. {}", path, error.what(), nothing));
  }
}

base::UserError reading_refusal(const std::string& path, const SQLite::Exception& error) {
  const int code = primary_code(error);
  if (code == SQLITE_NOMEM) throw std::bad_alloc();
  if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
    return base::UserError(fmt::format("{} is not an SQLite database, or a damaged one; give --db another file", path));
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
    return base::UserError(
        fmt::format("{} is locked by another program for more than {} s; close it there", path, longest_wait_of_readers_ms / 1000));
  return base::UserError(fmt::format("{} cannot be read: {}", path, error.what()));
}

void read_beside_kills(const std::string& path, const std::function<void()>& read) {
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

Contents contents(SQLite::Database& database, const std::string& path) {
  const int id = database.execAndGet("PRAGMA application_id").getInt();
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  if (id == Store::application_id) {
    if (version > Store::schema_version) {
      throw base::UserError(
          fmt::format("{} was written by a newer mho (schema version {}, this one knows {}); use that version, or give --db another file", path,
                      version, Store::schema_version));
    }
    if (version < Store::oldest_schema_version) {
      throw base::UserError(fmt::format(
          "{} was written by an older mho (schema version {}, this one writes {} and migrates from {} on); it was left alone and can still be read "
          "with sqlite3. Give --db another file",
          path, version, Store::schema_version, Store::oldest_schema_version));
    }
    return version < Store::schema_version ? Contents::older : Contents::current;
  }
  if (id == 0 && version == 0 && database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0) return Contents::fresh;
  throw base::UserError(
      fmt::format("{} is a database of another program (application_id {:#x}, expected {:#x}); it was left alone. Give --db another file", path,
                  static_cast<unsigned>(id), static_cast<unsigned>(Store::application_id)));
}

std::string writable_path(std::string name, std::chrono::milliseconds longest_wait) {
  std::string path = file_path(std::move(name));
  require_writable_folder(path);
  if (std::error_code error; !fs::exists(path, error)) return path;
  Waiting waiting(path, longest_wait);
  try {
    SQLite::Database database(path, SQLite::OPEN_READWRITE);
    waiting.attach(database);
    const Contents found = contents(database, path);
    if (sqlite3_db_readonly(database.getHandle(), "main") != 0) {
      throw base::UserError(fmt::format("{} is read-only; mend its permissions or give --db another file", path));
    }
    if (found == Contents::older) migrate(database, path, Migrate::rehearse);
    if (found == Contents::current) try_rows(database, path);
  } catch (const SQLite::Exception& exception) {
    base::check_interrupt();
    throw refusal(path, exception, longest_wait);
  }
  return path;
}

Contents contents_of_file(const std::string& name) {
  const std::string path = file_path(name);
  if (std::error_code error; !fs::exists(path, error)) throw base::UserError(fmt::format("{} does not exist", path));
  Contents found = Contents::fresh;
  read_beside_kills(path, [&] {
    SQLite::Database database(path, SQLite::OPEN_READONLY, longest_wait_of_readers_ms);
    found = contents(database, path);
  });
  if (found == Contents::fresh) throw base::UserError(fmt::format("{} is empty; it holds no results", path));
  return found;
}

SQLite::Database open_for_reading(const std::string& name) {
  const std::string path = file_path(name);
  if (std::error_code error; !fs::exists(path, error))
    throw base::UserError(fmt::format("{} does not exist; a verb that stores results, as mho run, creates it", path));
  std::optional<SQLite::Database> opened;
  read_beside_kills(path, [&] {
    SQLite::Database database(path, SQLite::OPEN_READONLY, longest_wait_of_readers_ms);
    switch (contents(database, path)) {
      case Contents::fresh:
        throw base::UserError(fmt::format("{} is empty; a verb that stores results, as mho run, fills it", path));
      case Contents::older:
        throw base::UserError(fmt::format(
            "{} was written by an older mho (schema version {}, this one reads {}); reading never changes a file. The next verb that stores a result "
            "in it migrates it, as mho run --db {}; sqlite3 reads it as it is",
            path, database.execAndGet("PRAGMA user_version").getInt(), Store::schema_version, path));
      case Contents::current:
        break;
    }
    opened = std::move(database);
  });
  return *std::move(opened);
}

}  // namespace mho::analysis
