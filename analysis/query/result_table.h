#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace mho::analysis {

/// A value of a database.
using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

/// The number in a cell. Throws std::bad_variant_access for text and NULL.
inline double number(const Cell& cell) {
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*whole);
  return std::get<double>(cell);
}
inline bool is_number(const Cell& cell) { return std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<double>(cell); }
inline bool is_null(const Cell& cell) { return std::holds_alternative<std::monostate>(cell); }

/// Rows that a query returned.
struct ResultTable {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

}  // namespace mho::analysis
