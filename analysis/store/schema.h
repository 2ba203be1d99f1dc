#pragma once

#include <string_view>

namespace mho::analysis {

/// Statements that make tables and views of Store::schema_version. docs and tests read the views; the tables may gain columns.
std::string_view schema_sql();

}  // namespace mho::analysis
