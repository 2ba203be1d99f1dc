#include "analysis/store/schema.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace mho::analysis {

namespace {

std::string_view text_of(std::string_view name) {
  for (const SqlFile& file : sql_files()) {
    if (file.name == name) return file.text;
  }
  throw std::logic_error(fmt::format("{} is not embedded", name));
}

}  // namespace

std::string_view schema_sql() { return text_of("schema.sql"); }
std::string_view views_sql() { return text_of("views.sql"); }
std::string_view columns_sql() { return text_of("columns.sql"); }

std::vector<Migration> migrations() {
  constexpr std::string_view folder = "migrations/";
  std::vector<Migration> all;
  for (const SqlFile& file : sql_files()) {
    if (!file.name.starts_with(folder)) continue;
    const std::string_view number = file.name.substr(folder.size());
    Migration one{.version = 0, .sql = file.text};
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), one.version);
    if (error != std::errc() || std::string_view(end, number.data() + number.size()) != ".sql")
      throw std::logic_error(fmt::format("{} is not named after the version that it leads to", file.name));
    all.push_back(one);
  }
  std::ranges::sort(all, {}, &Migration::version);
  return all;
}

namespace {

SchemaNames read_names() {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec(std::string(schema_sql()));
  database.exec(std::string(views_sql()));
  database.exec(std::string(columns_sql()));
  SchemaNames names;
  SQLite::Statement columns(
      database, "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid");
  while (columns.executeStep()) names.columns[columns.getColumn(0).getString()].push_back(columns.getColumn(1).getString());
  SQLite::Statement views(database, "SELECT name FROM sqlite_master WHERE type = 'view'");
  while (views.executeStep()) names.views.push_back(views.getColumn(0).getString());
  return names;
}

}  // namespace

const SchemaNames& schema_names() {
  static const SchemaNames names = read_names();
  return names;
}

}  // namespace mho::analysis
