#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mho::analysis {

/// A text as JSON for use inside a script of a page: contains no "<".
std::string page_json(std::string_view text);

/// A number as JSON with ten significant digits; null if it is not finite.
std::string page_json(double value);

/// Columns of a table; every cell is JSON.
using CellColumns = std::vector<std::vector<std::string>>;

/// Packs tables with equal columns, one after the other, into few bytes. Each table becomes an array with an entry for each column:
///   0                     the same cells as in the table before
///   a number k above 0    column k - 1 of all arrays so far, in the order in which they were written
///   an array              the cells
///   an object             the cells of the table before, except those at the indices that are its keys
/// A table that equals the one before is packed as 0.
class PackedTables {
 public:
  /// Text of the next table.
  std::string add(CellColumns columns);

 private:
  CellColumns before_;
  bool any_ = false;
  std::unordered_map<std::string, std::size_t> arrays_;  ///< number of each array, from 1
};

/// A column over all runs: its cells, or {"v": distinct cells, "i": index of each cell in v} if that is shorter.
std::string packed_column(const std::vector<std::string>& cells);

}  // namespace mho::analysis
