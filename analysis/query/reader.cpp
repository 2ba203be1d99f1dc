#include "analysis/query/reader.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <string_view>
#include <type_traits>
#include <utility>

#include "analysis/store/database.h"
#include "base/design_file/config.h"
#include "base/error.h"
#include "base/progress.h"

namespace mho::analysis {

namespace {

Cell cell_of(const SQLite::Column& column) {
  if (column.isNull()) return std::monostate();
  if (column.isInteger()) return static_cast<std::int64_t>(column.getInt64());
  if (column.isFloat()) return column.getDouble();
  return column.getString();
}

void bind(SQLite::Statement& statement, const std::vector<Cell>& parameters) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const int mark = static_cast<int>(i) + 1;
    const auto one = [&](const auto& value) {
      if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
        statement.bind(mark);
      } else {
        statement.bind(mark, value);
      }
    };
    std::visit(one, parameters[i]);
  }
}

ResultTable rows_of(SQLite::Statement& statement) {
  ResultTable table;
  const int columns = statement.getColumnCount();
  for (int i = 0; i < columns; ++i) table.columns.emplace_back(statement.getColumnName(i));
  while (statement.executeStep()) {
    std::vector<Cell> row;
    row.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) row.push_back(cell_of(statement.getColumn(i)));
    table.rows.push_back(std::move(row));
  }
  return table;
}

extern "C" int stop_when_interrupted(void* /*unused*/) { return base::is_interrupted() ? 1 : 0; }

/// Authorizer of SQLite for a statement of the user: it may only read this file.
extern "C" int allow_reading(void* /*unused*/, int action, const char* name, const char* /*unused*/, const char* /*unused*/, const char* /*unused*/) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
    case SQLITE_FUNCTION:
      return SQLITE_OK;
    case SQLITE_PRAGMA:  // for descriptions of tables; a setting affects only this connection, and the file is open for reading
      return std::string_view(name).find("writable_schema") == std::string_view::npos ? SQLITE_OK : SQLITE_DENY;
    default:
      return SQLITE_DENY;
  }
}

/// During its lifetime, statements of the connection may only read.
class ReadingOnly {
 public:
  explicit ReadingOnly(SQLite::Database& database) : handle_(database.getHandle()) {
    constexpr int steps_between_looks = 10'000;
    sqlite3_set_authorizer(handle_, allow_reading, nullptr);
    sqlite3_progress_handler(handle_, steps_between_looks, stop_when_interrupted, nullptr);
  }
  ~ReadingOnly() {
    sqlite3_set_authorizer(handle_, nullptr, nullptr);
    sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
  }
  ReadingOnly(const ReadingOnly&) = delete;
  ReadingOnly& operator=(const ReadingOnly&) = delete;

 private:
  sqlite3* handle_;
};

/// Throws UserError for text after the first statement, and for a statement that writes.
void require_single_reading(SQLite::Database& database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  sqlite3_prepare_v2(database.getHandle(), sql.c_str(), static_cast<int>(sql.size()), &statement, &tail);
  const bool empty = statement == nullptr, writes = !empty && sqlite3_stmt_readonly(statement) == 0;
  sqlite3_finalize(statement);
  if (writes) throw base::UserError("mho db query reads and never writes; change a file with sqlite3", base::ExitCode::usage);
  if (tail == nullptr || empty) return;
  sqlite3_stmt* next = nullptr;
  sqlite3_prepare_v2(database.getHandle(), tail, -1, &next, nullptr);
  const bool more = next != nullptr || sqlite3_errcode(database.getHandle()) == SQLITE_ERROR || sqlite3_errcode(database.getHandle()) == SQLITE_AUTH;
  sqlite3_finalize(next);
  if (more) throw base::UserError("one statement at a time; leave out what stands behind the first ';'", base::ExitCode::usage);
}

}  // namespace

Reader::Reader(std::string path) : path_(std::move(path)), database_(std::make_unique<SQLite::Database>(open_for_reading(path_))) {}
Reader::~Reader() = default;

ResultTable Reader::select(const std::string& sql, const std::vector<Cell>& parameters) const {
  try {
    SQLite::Statement statement(*database_, sql);
    bind(statement, parameters);
    return rows_of(statement);
  } catch (const SQLite::Exception& error) {
    throw reading_refusal(path_, error);
  }
}

Cell Reader::value(const std::string& sql, const std::vector<Cell>& parameters) const {
  const ResultTable table = select(sql, parameters);
  return table.rows.empty() ? Cell() : table.rows.front().front();
}

namespace {

/// "; did you mean latency_s?" for SQLite's message about a column or a table that does not exist; else empty.
std::string name_hint(const Reader& reader, std::string_view message) {
  using namespace std::string_view_literals;
  for (const auto& [says, names] : {std::pair("no such column: "sv, R"(SELECT DISTINCT "column" FROM v_column)"sv),
                                    std::pair("no such table: "sv, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"sv)}) {
    const std::size_t found = message.find(says);
    if (found == std::string_view::npos) continue;
    std::string_view word = message.substr(found + says.size());
    word.remove_prefix(word.rfind('.') == std::string_view::npos ? 0 : word.rfind('.') + 1);
    std::vector<std::string> legal;
    for (const auto& row : reader.select(std::string(names)).rows) legal.push_back(std::get<std::string>(row.front()));
    const std::string near = base::nearest_spelling(word, legal);
    if (!near.empty()) return fmt::format("; did you mean {}?", near);
  }
  return "";
}

}  // namespace

ResultTable Reader::ask(const std::string& sql) const {
  const ReadingOnly only(*database_);
  try {
    SQLite::Statement statement(*database_, sql);
    require_single_reading(*database_, sql);
    return rows_of(statement);
  } catch (const SQLite::Exception& error) {
    base::check_interrupt();
    const int code = primary_code(error);
    if (code == SQLITE_AUTH || code == SQLITE_READONLY || std::string_view(error.what()).find("not authorized") != std::string_view::npos) {
      throw base::UserError("mho db query reads the file of --db and never writes, nor opens another one; change a file with sqlite3",
                            base::ExitCode::usage);
    }
    for (const int of_the_file : {SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_NOMEM}) {
      if (code == of_the_file) throw reading_refusal(path_, error);
    }
    const std::string hint = name_hint(*this, error.what());
    throw base::UserError(
        fmt::format("SQLite does not take this: {}{} mho db schema lists the views and their columns", error.what(), hint.empty() ? "." : hint),
        base::ExitCode::usage);
  }
}

void Reader::require_run(std::int64_t run) const {
  if (!is_null(value("SELECT id FROM run WHERE id = ?", {run}))) return;
  const Cell largest = value("SELECT max(id) FROM run");
  if (is_null(largest)) throw base::UserError(fmt::format("{} has no run {}; it holds no runs", path_, run));
  throw base::UserError(fmt::format("{} has no run {}; the largest number is {}", path_, run, std::get<std::int64_t>(largest)));
}

std::vector<ColumnText> Reader::columns(const std::string& view) const {
  std::vector<ColumnText> all;
  for (const auto& row : select("SELECT view, \"column\", unit, meaning FROM v_column WHERE view = ?", {view}).rows) {
    all.push_back({std::get<std::string>(row[0]), std::get<std::string>(row[1]), std::get<std::string>(row[2]), std::get<std::string>(row[3])});
  }
  return all;
}

std::vector<std::string> Reader::parameter_keys() const {
  std::vector<std::string> keys;
  for (const auto& row : select("SELECT key FROM declaration UNION SELECT key FROM setting ORDER BY key").rows) {
    keys.push_back(std::get<std::string>(row.front()));
  }
  return keys;
}

}  // namespace mho::analysis
