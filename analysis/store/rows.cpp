#include "analysis/store/rows.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <cmath>

namespace mho::analysis {

Row::Row(SQLite::Statement& statement) : statement_(statement) { statement_.reset(); }

Row& Row::operator<<(double value) {
  if (!std::isfinite(value)) return null();
  statement_.bind(++column_, value);
  return *this;
}

Row& Row::operator<<(const std::string& value) {
  statement_.bind(++column_, value);
  return *this;
}

Row& Row::whole(std::int64_t value) {
  statement_.bind(++column_, value);
  return *this;
}

Row& Row::null() {
  statement_.bind(++column_);
  return *this;
}

void Row::insert() { statement_.exec(); }

SQLite::Statement insertion(SQLite::Database& database, std::string_view table, int columns) {
  std::string marks = "?";
  for (int i = 1; i < columns; ++i) marks += ",?";
  return {database, fmt::format("INSERT INTO {} VALUES ({})", table, marks)};
}

}  // namespace mho::analysis
