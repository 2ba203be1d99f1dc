#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mho::cli {

/// Rows of text in columns as wide as their widest cell. Control characters are escaped. Words of more than 48 characters, such as generated layer
/// names, are shortened in the middle. If a table is too wide, its columns become narrower and their titles and texts wrap; if that is not enough, it
/// is divided into several tables, each with the first column.
class Table {
 public:
  enum class Align { left, right };
  /// `titled`: the first row names the columns.
  explicit Table(std::vector<Align> alignment, bool titled = true) : alignment_(std::move(alignment)), titled_(titled) {}
  void add(std::vector<std::string> row);
  /// Lines of at most `width` characters; 0: as wide as the terminal.
  [[nodiscard]] std::string text(std::size_t width = 0) const;

 private:
  using Columns = std::vector<std::size_t>;
  [[nodiscard]] bool divides(std::size_t row, std::size_t column) const;
  /// Width of a column: that of its longest cell, or of its longest word if cells may be divided; `titles`: titles count as whole cells.
  [[nodiscard]] std::size_t width(std::size_t column, bool divided, bool titles) const;
  /// Widths of these columns within `limit` characters, as far as words allow.
  [[nodiscard]] Columns fitted(const Columns& columns, std::size_t limit) const;
  [[nodiscard]] std::string row(std::size_t r, const Columns& columns, const Columns& widths) const;
  [[nodiscard]] std::string panel(const Columns& columns, std::size_t width) const;
  std::vector<Align> alignment_;
  bool titled_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace mho::cli
