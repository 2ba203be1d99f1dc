#pragma once

#include <array>
#include <string>
#include <string_view>

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}

namespace mho::analysis {

/// Tables that own rows of other tables, through a column of the same name.
inline constexpr std::array<std::string_view, 3> owner_tables{"run", "study", "training"};

/// Tables whose rows are shared by results; referenced tables first.
inline constexpr std::array<std::string_view, 4> shared_tables{"declaration", "kept_file", "exploration", "point"};

/// A name in quotes for SQL.
std::string quoted_name(std::string_view name);

/// Creates tables, views and the header marks of a database in an empty file. Within the caller's transaction.
void create_tables(SQLite::Database& database);

}  // namespace mho::analysis
