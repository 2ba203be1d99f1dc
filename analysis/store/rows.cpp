#include "analysis/store/rows.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

namespace mho::analysis {

Value::Value(double value) {
  if (std::isfinite(value)) content_ = value;
}

/// The prepared statement of a table; its k-th parameter is the k-th column.
struct RowWriter::Insertion {
  const std::vector<std::string>& columns;
  SQLite::Statement statement;
  std::vector<std::size_t> places{};  ///< columns of the last row, in the order of its fields
  std::vector<char> given{};          ///< by column
  /// The column of the k-th field of a row. Rows of a table mostly have the same order.
  std::size_t place_of(std::size_t k, std::string_view column) {
    if (k < places.size() && columns[places[k]] == column) return places[k];
    const auto place = static_cast<std::size_t>(std::ranges::find(columns, column) - columns.begin());
    if (place == columns.size()) return place;
    places.resize(std::max(places.size(), k + 1));
    return places[k] = place;
  }
};

RowWriter::RowWriter(SQLite::Database& database) : database_(database) {}
RowWriter::~RowWriter() = default;

RowWriter::Insertion& RowWriter::insertion(std::string_view table) {
  if (const auto found = insertions_.find(table); found != insertions_.end()) return *found->second;
  const auto known = names_.columns.find(table);
  if (known == names_.columns.end()) throw std::logic_error(fmt::format("schema.sql has no table {}", table));
  const std::vector<std::string>& columns = known->second;
  const std::vector<std::string_view> marks(columns.size(), "?");
  const std::string sql = fmt::format("INSERT INTO \"{}\" (\"{}\") VALUES ({})", table, fmt::join(columns, "\", \""), fmt::join(marks, ", "));
  auto made = std::make_unique<Insertion>(Insertion{columns, SQLite::Statement(database_, sql)});
  return *insertions_.emplace(table, std::move(made)).first->second;
}

void RowWriter::insert(std::string_view table, std::span<const Field> row) {
  Insertion& into = insertion(table);
  const std::vector<std::string>& columns = into.columns;
  SQLite::Statement& statement = into.statement;
  statement.reset();
  std::vector<char>& given = into.given;
  given.assign(columns.size(), 0);
  for (std::size_t k = 0; k < row.size(); ++k) {
    const Field& field = row[k];
    const std::size_t index = into.place_of(k, field.column);
    if (index == columns.size()) throw std::logic_error(fmt::format("table {} has no column {}", table, field.column));
    if (given[index] != 0) throw std::logic_error(fmt::format("a row of table {} gives column {} twice", table, field.column));
    given[index] = 1;
    const auto bind = [&, mark = static_cast<int>(index) + 1](const auto& value) {
      if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
        statement.bind(mark);
      } else if constexpr (std::is_same_v<std::decay_t<decltype(value)>, Value::Bytes>) {
        statement.bindNoCopy(mark, value.bytes.data(), static_cast<int>(value.bytes.size()));
      } else if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
        statement.bindNoCopy(mark, value);  // the row outlives the statement's step
      } else {
        statement.bind(mark, value);
      }
    };
    std::visit(bind, field.value.content());
  }
  if (const auto missing = std::ranges::find(given, 0); missing != given.end()) {
    throw std::logic_error(fmt::format("a row of table {} has no column {}; say std::nullopt for NULL", table,
                                       columns[static_cast<std::size_t>(missing - given.begin())]));
  }
  statement.exec();
}

void RowWriter::try_row(std::string_view table) {
  const std::vector<std::string>& columns = insertion(table).columns;
  std::map<std::string, std::string> types;
  SQLite::Statement info(database_, "SELECT name, type FROM pragma_table_info(?)");
  info.bind(1, std::string(table));
  while (info.executeStep()) types[info.getColumn(0).getString()] = info.getColumn(1).getString();
  constexpr std::int64_t unused = -4'611'686'018'427'387'904;
  std::vector<Field> row;
  for (const std::string& column : columns) {
    const std::string& type = types[column];
    row.push_back({column, type == "INTEGER" ? Value(unused)
                           : type == "REAL"  ? Value(static_cast<double>(unused))
                           : type == "BLOB"  ? Value(Value::Bytes{"a"})
                                             : Value("a")});
  }
  insert(table, row);
}

bool RowWriter::has(std::string_view table, std::string_view column, const std::string& text) const {
  SQLite::Statement statement(database_, fmt::format("SELECT 1 FROM \"{}\" WHERE \"{}\" = ? LIMIT 1", table, column));
  statement.bind(1, text);
  return statement.executeStep();
}

std::int64_t RowWriter::last_id() const { return database_.getLastInsertRowid(); }

}  // namespace mho::analysis
