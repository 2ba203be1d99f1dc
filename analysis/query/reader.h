#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/query/result_table.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}

namespace mho::analysis {

/// Description of a column of a view.
struct ColumnText {
  std::string view{}, column{}, unit{}, meaning{};
};

/// A database of results, opened read-only.
class Reader {
 public:
  /// Throws UserError for a file that is missing, empty, damaged, of another program or of another schema version.
  explicit Reader(std::string path);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Rows of an internal SQL statement; `parameters` replace its marks in order. Throws UserError if the file cannot be read.
  [[nodiscard]] ResultTable select(const std::string& sql, const std::vector<Cell>& parameters = {}) const;
  /// The first cell of the first row; NULL if there is no row.
  [[nodiscard]] Cell value(const std::string& sql, const std::vector<Cell>& parameters = {}) const;

  /// Rows of an SQL statement of the user. Throws UserError with code usage for several statements, a statement that writes, and one that SQLite
  /// refuses; Interrupted after a Ctrl-C.
  [[nodiscard]] ResultTable ask(const std::string& sql) const;

  /// Throws UserError, which names the largest run number, if there is no such run.
  void require_run(std::int64_t run) const;
  /// The descriptions of the columns of a view, from v_column.
  [[nodiscard]] std::vector<ColumnText> columns(const std::string& view) const;
  /// Keys of all parameters of all runs.
  [[nodiscard]] std::vector<std::string> parameter_keys() const;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] SQLite::Database& database() const { return *database_; }

 private:
  std::string path_;
  std::unique_ptr<SQLite::Database> database_;
};

}  // namespace mho::analysis
