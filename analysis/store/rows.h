#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "analysis/store/schema.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}

namespace mho::analysis {

/// The value of a column of a row. NULL is std::nullopt or an empty optional.
class Value {
 public:
  /// Bytes that are not text.
  struct Bytes {
    std::string bytes;
  };
  using Content = std::variant<std::monostate, std::int64_t, double, std::string, Bytes>;

  Value(std::nullopt_t) {}
  /// Throws std::logic_error for a number beyond signed 64 bits.
  template <std::integral T>
  Value(T value) : content_(static_cast<std::int64_t>(value)) {
    if (value > 0 && std::get<std::int64_t>(content_) <= 0) throw std::logic_error("a whole number of a row exceeds 64 bits with sign");
  }
  /// NaN and infinity become NULL, which a NOT NULL column refuses. SQLite itself would store an infinity.
  Value(double value);
  Value(std::string value) : content_(std::move(value)) {}
  Value(std::string_view value) : content_(std::string(value)) {}
  Value(const char* value) : content_(std::string(value)) {}
  Value(Bytes value) : content_(std::move(value)) {}
  template <typename T>
  Value(const std::optional<T>& value) {
    if (value) content_ = Value(*value).content_;
  }

  [[nodiscard]] const Content& content() const { return content_; }

 private:
  Content content_;
};

struct Field {
  std::string_view column;
  Value value;
};

/// Inserts rows by the names of their columns. A row must give every column that schema.sql defines for its table, in any order, and no other.
/// Columns that a user has added keep their default. The database must outlive the writer.
class RowWriter {
 public:
  explicit RowWriter(SQLite::Database& database);
  ~RowWriter();
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;

  /// Throws std::logic_error for an unknown table or column, and for a column given twice or not at all; SQLite::Exception if the database refuses
  /// the row.
  void insert(std::string_view table, std::span<const Field> row);
  void insert(std::string_view table, std::initializer_list<Field> row) { insert(table, std::span(row.begin(), row.size())); }

  /// Inserts a row with an unused number and arbitrary values, to test that rows can be written. Call it with foreign keys and checks off, and roll
  /// it back.
  void try_row(std::string_view table);

  /// Whether a row of the table has `text` in `column`.
  [[nodiscard]] bool has(std::string_view table, std::string_view column, const std::string& text) const;

  /// The columns that schema.sql defines for the table.
  [[nodiscard]] const std::vector<std::string>& columns(std::string_view table) const { return names_.columns.find(table)->second; }

  /// INTEGER PRIMARY KEY of the last inserted row.
  [[nodiscard]] std::int64_t last_id() const;

  /// The database that the rows are written to.
  [[nodiscard]] SQLite::Database& database() const { return database_; }

 private:
  struct Insertion;
  Insertion& insertion(std::string_view table);

  SQLite::Database& database_;
  const SchemaNames& names_ = schema_names();
  std::map<std::string, std::unique_ptr<Insertion>, std::less<>> insertions_;
};

}  // namespace mho::analysis
