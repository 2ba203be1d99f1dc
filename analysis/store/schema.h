#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mho::analysis {

/// A .sql file of this folder, embedded at build.
struct SqlFile {
  std::string_view name;  ///< "schema.sql", "migrations/011.sql"
  std::string_view text;
};

/// All of them; made by cmake/embed.cmake.
std::vector<SqlFile> sql_files();

/// Statements that make the tables of Store::schema_version, and then its views. Documents and tests read the views; a later version may add columns.
std::string_view schema_sql();
std::string_view views_sql();
/// The view that describes the columns of the others.
std::string_view columns_sql();

/// From the version before.
struct Migration {
  int version = 0;  ///< that it leads to
  std::string_view sql;
};

/// In ascending order, without a gap: from the one after Store::oldest_schema_version to Store::schema_version.
std::vector<Migration> migrations();

/// The names that schema.sql and views.sql give.
struct SchemaNames {
  std::map<std::string, std::vector<std::string>, std::less<>> columns;  ///< of each table, in its order
  std::vector<std::string> views;
};

/// Read once from an empty database in memory: a writer needs them while it holds the lock.
const SchemaNames& schema_names();

}  // namespace mho::analysis
