#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mho::cli {

/// Rows of text in columns as wide as their widest cell. Control characters are written out, and words of more than 48 characters, such as the names
/// that some exporters give layers, are shortened in their middle. A table that is too wide gets narrower columns, whose titles and texts go on in
/// the next line; one that is still too wide is divided into several below each other, each with the first column.
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
  /// Width of a column: of its longest cell, or of the longest word where cells may be divided, in all rows or without the titles.
  [[nodiscard]] std::size_t width(std::size_t column, bool divided, bool titles) const;
  /// Widths of these columns that fit `limit` letters, as far as words allow.
  [[nodiscard]] Columns fitted(const Columns& columns, std::size_t limit) const;
  [[nodiscard]] std::string row(std::size_t r, const Columns& columns, const Columns& widths) const;
  [[nodiscard]] std::string panel(const Columns& columns, std::size_t width) const;
  std::vector<Align> alignment_;
  bool titled_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace mho::cli
