#pragma once

#include <array>
#include <string>
#include <string_view>

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}

namespace mho::analysis {

/// Tables whose rows others belong to, by a column of the same name.
inline constexpr std::array<std::string_view, 3> owner_tables{"run", "study", "training"};

/// Tables whose rows belong to no single result; those that others refer to first.
inline constexpr std::array<std::string_view, 4> shared_tables{"declaration", "kept_file", "exploration", "point"};

/// A name between quotes, as SQL wants it.
std::string quoted_name(std::string_view name);

/// Makes tables, views and the marks of the header in an empty file. Within the caller's transaction.
void create_tables(SQLite::Database& database);

}  // namespace mho::analysis
