#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/query/reader.h"

namespace mho::analysis {

/// Access to a row by the names of its columns. The accessors throw std::logic_error for an unknown column and std::bad_variant_access for another
/// type.
class StoredRow {
 public:
  StoredRow(const ResultTable& table, const std::vector<Cell>& cells) : table_(table), cells_(cells) {}
  [[nodiscard]] const Cell& at(std::string_view column) const {
    const auto found = std::ranges::find(table_.columns, column);
    if (found == table_.columns.end()) throw std::logic_error(fmt::format("a row has no column {}", column));
    return cells_[static_cast<std::size_t>(found - table_.columns.begin())];
  }
  [[nodiscard]] std::string text(std::string_view column) const { return std::get<std::string>(at(column)); }
  [[nodiscard]] double real(std::string_view column) const { return number(at(column)); }
  template <class T = std::int64_t>
  [[nodiscard]] T whole(std::string_view column) const {
    return static_cast<T>(std::get<std::int64_t>(at(column)));
  }
  [[nodiscard]] bool has(std::string_view column) const { return !is_null(at(column)); }
  [[nodiscard]] std::optional<double> optional_real(std::string_view column) const {
    return has(column) ? std::optional(real(column)) : std::nullopt;
  }
  [[nodiscard]] std::optional<std::string> optional_text(std::string_view column) const {
    return has(column) ? std::optional(text(column)) : std::nullopt;
  }

 private:
  const ResultTable& table_;
  const std::vector<Cell>& cells_;
};

/// Calls `read(row)` for every row that `sql` returns for run `run` (?1).
template <class Read>
void each_row(const Reader& reader, const std::string& sql, std::int64_t run, const Read& read) {
  const ResultTable table = reader.select(sql, {run});
  for (const auto& cells : table.rows) read(StoredRow(table, cells));
}

}  // namespace mho::analysis
