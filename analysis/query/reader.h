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

/// What a view says of one of its columns.
struct ColumnText {
  std::string view{}, column{}, unit{}, meaning{};
};

/// A file of results, read only: nothing that goes through it changes a file.
class Reader {
 public:
  /// Throws UserError for a file that is missing, empty, damaged, of another program or of another schema version.
  explicit Reader(std::string path);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Rows of a statement of ours; `parameters` are those of its marks, in order. Throws UserError where the file cannot be read.
  [[nodiscard]] ResultTable select(const std::string& sql, const std::vector<Cell>& parameters = {}) const;
  /// The first cell of the first row; NULL where there is none.
  [[nodiscard]] Cell value(const std::string& sql, const std::vector<Cell>& parameters = {}) const;

  /// Rows of a statement of the user's. Throws UserError (code usage) for several statements, one that would write, and one that SQLite refuses;
  /// Interrupted after a Ctrl-C.
  [[nodiscard]] ResultTable ask(const std::string& sql) const;

  /// Throws UserError where there is no run of this number; names the largest.
  void require_run(std::int64_t run) const;
  /// What v_column says of the columns of a view.
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
