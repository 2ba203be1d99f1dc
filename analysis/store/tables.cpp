#include "analysis/store/tables.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "analysis/store/schema.h"
#include "analysis/store/store.h"

namespace mho::analysis {

std::string quoted_name(std::string_view name) {
  std::string text = "\"";
  for (const char letter : name) text.append(letter == '"' ? 2 : 1, letter);
  return text + "\"";
}

void create_tables(SQLite::Database& database) {
  database.exec(std::string(schema_sql()));
  database.exec(std::string(views_sql()));
  database.exec(std::string(columns_sql()));
  database.exec(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", Store::application_id, Store::schema_version));
}

}  // namespace mho::analysis
