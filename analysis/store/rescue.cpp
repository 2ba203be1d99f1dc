#include "analysis/store/rescue.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "analysis/store/schema.h"
#include "analysis/store/tables.h"

namespace mho::analysis {

namespace {

namespace fs = std::filesystem;

/// The text as a literal of SQL.
std::string literal(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result.append(c == '\'' ? 2 : 1, c);
  return result + "'";
}

/// SQL that copies the rows of a table. The column `number` becomes the expression `becomes`: the number of the new owner, or NULL for a new number.
std::string copied(const std::string& table, const std::vector<std::string>& columns, std::string_view number, std::string_view becomes) {
  std::vector<std::string> into, from;
  for (const std::string& column : columns) {
    into.push_back(quoted_name(column));
    from.push_back(column == number ? std::string(becomes) : quoted_name(column));
  }
  return fmt::format("INSERT INTO main.{0} ({1}) SELECT {2} FROM rescue.{0};\n", quoted_name(table), fmt::join(into, ", "), fmt::join(from, ", "));
}

std::string copy_statements(const std::string& rescue, SQLite::Database& database) {
  const SchemaNames& names = schema_names();
  std::string text = fmt::format("ATTACH {} AS rescue;\nBEGIN IMMEDIATE;\n", literal(rescue));
  for (const std::string_view owner : owner_tables) {
    if (database.execAndGet(fmt::format("SELECT count(*) FROM {}", quoted_name(owner))).getInt() == 0) continue;
    text += copied(std::string(owner), names.columns.at(std::string(owner)), "id", "NULL");
    text += "CREATE TEMP TABLE copied AS SELECT last_insert_rowid() AS id;\n";
    for (const auto& [table, columns] : names.columns) {
      if (std::ranges::find(columns, owner) == columns.end() || std::ranges::find(owner_tables, table) != owner_tables.end()) continue;
      text += copied(table, columns, owner, "(SELECT id FROM temp.copied)");
    }
    text += "DROP TABLE temp.copied;\n";
  }
  // Rows that several results share.
  for (const std::string_view table : shared_tables) {
    const std::string name = quoted_name(table);
    text += fmt::format("INSERT OR IGNORE INTO main.{0} SELECT * FROM rescue.{0};\n", name);
  }
  return text + "COMMIT;\nDETACH rescue;\n";
}

}  // namespace

std::vector<std::string> rescue_places(const std::string& database) {
  constexpr std::size_t longest_name = 200;  // leaves room for the suffix
  const fs::path path(database);
  const std::string name = path.filename().string().substr(0, longest_name);
  std::error_code error;
  std::vector<fs::path> folders{path.parent_path(), fs::path()};
  if (const fs::path temporary = fs::temp_directory_path(error); !error) folders.push_back(temporary);
  std::vector<std::string> places;
  for (const fs::path& folder : folders) {
    fs::path place;
    for (int number = 0; place.empty() || fs::exists(place, error); ++number) {
      place = folder / fmt::format("{}.rescue-{}-{}.db", name, getpid(), number);
    }
    places.push_back(place.string());
  }
  return places;
}

void add_copy_statements(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE);
  std::error_code error;
  const fs::path whole = fs::absolute(path, error);
  const std::string text = copy_statements(error ? path : whole.lexically_normal().string(), database);
  SQLite::Transaction transaction(database);
  database.exec("CREATE TABLE copy_rows (statements TEXT NOT NULL)");
  SQLite::Statement insert(database, "INSERT INTO copy_rows (statements) VALUES (?)");
  insert.bind(1, text);
  insert.exec();
  transaction.commit();
}

}  // namespace mho::analysis
