#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/printable.h"

namespace mho::cli {

/// Rows of text in columns as wide as their widest cell. Control characters are written out, and words of more than 48 characters, such as the names
/// that some exporters give layers, are shortened in their middle.
class Table {
 public:
  enum class Align { left, right };
  explicit Table(std::vector<Align> alignment) : alignment_(std::move(alignment)) {}
  void add(std::vector<std::string> row) {
    for (std::string& cell : row) cell = fitted(base::printable(cell));
    rows_.push_back(std::move(row));
  }
  [[nodiscard]] std::string text() const {
    std::vector<std::size_t> widths(alignment_.size(), 0);
    for (const auto& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string out;
    for (const auto& row : rows_) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        line += "  ";
        line += alignment_[i] == Align::left ? fmt::format("{:<{}}", row[i], widths[i]) : fmt::format("{:>{}}", row[i], widths[i]);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + "\n";
    }
    return out;
  }

 private:
  static std::string fitted(const std::string& cell) {
    constexpr std::size_t longest_word = 48;
    if (cell.size() <= longest_word) return cell;
    std::string out;
    for (std::size_t begin = 0; begin <= cell.size();) {
      const std::size_t end = std::min(cell.find(' ', begin), cell.size());
      out += (begin == 0 ? "" : " ") + base::shortened(cell.substr(begin, end - begin), longest_word);
      begin = end + 1;
    }
    return out;
  }
  std::vector<Align> alignment_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace mho::cli
