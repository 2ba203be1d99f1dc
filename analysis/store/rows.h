#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace mho::analysis {

/// Binds the columns of one row in order; nothing is converted silently.
class Row {
 public:
  explicit Row(SQLite::Statement& statement);
  template <std::integral T>
  Row& operator<<(T value) {
    return whole(static_cast<std::int64_t>(value));
  }
  Row& operator<<(bool value) { return whole(value ? 1 : 0); }
  /// NaN and infinity become NULL, which the NOT NULL of the column refuses: SQLite itself would store an infinity.
  Row& operator<<(double value);
  Row& operator<<(const std::string& value);
  template <typename T>
  Row& operator<<(const std::optional<T>& value) {
    return value ? *this << *value : null();
  }
  void insert();

 private:
  Row& whole(std::int64_t value);
  Row& null();
  SQLite::Statement& statement_;
  int column_ = 0;
};

/// "INSERT INTO table VALUES (?, ...)" with one mark for each column.
SQLite::Statement insertion(SQLite::Database& database, std::string_view table, int columns);

}  // namespace mho::analysis
