#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mho::analysis {

/// A text as JSON that may stand inside of a script of a page: no "<" is left.
std::string page_json(std::string_view text);

/// A number as JSON, with ten significant digits; null where it is not finite.
std::string page_json(double value);

/// Columns of a table; every cell is JSON.
using CellColumns = std::vector<std::vector<std::string>>;

/// Tables of the same columns, one after the other, in few bytes. What is added is an array with an entry for each column:
///   0                     as in the table before
///   a number k above 0    column k - 1 of all arrays so far, in the order in which they were written
///   an array              the cells
///   an object             the cells of the table before, but for those at the indices that are its names
/// A table that equals the one before is 0 itself.
class PackedTables {
 public:
  /// Text of the next table.
  std::string add(CellColumns columns);

 private:
  CellColumns before_;
  bool any_ = false;
  std::unordered_map<std::string, std::size_t> arrays_;  ///< number of each, from 1
};

/// A column over all runs: its cells, or {"v": cells that differ, "i": which of them each is} where that is shorter.
std::string packed_column(const std::vector<std::string>& cells);

}  // namespace mho::analysis
