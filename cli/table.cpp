#include "cli/table.h"

#include <algorithm>
#include <numeric>

#include "base/printable.h"
#include "base/progress.h"

namespace mho::cli {

namespace {

constexpr std::size_t column_gap = 2, least_of_text = 20;

/// Shortens long words of a cell by leaving out their middle.
std::string fitted_cell(const std::string& cell, std::size_t longest_word) {
  if (cell.size() <= longest_word) return cell;
  std::string out;
  for (std::size_t begin = 0; begin <= cell.size();) {
    const std::size_t end = std::min(cell.find(' ', begin), cell.size());
    out += (begin == 0 ? "" : " ") + base::shortened(cell.substr(begin, end - begin), longest_word);
    begin = end + 1;
  }
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::size_t longest_part(const std::string& cell) {
  std::size_t longest = 0;
  for (const std::string& line : lines_of(base::wrapped(cell, 1))) longest = std::max(longest, base::character_count(line));
  return longest;
}

}  // namespace

void Table::add(std::vector<std::string> row) {
  constexpr std::size_t longest_word = 48;
  for (std::string& cell : row) cell = fitted_cell(base::printable(cell), longest_word);
  rows_.push_back(std::move(row));
}

bool Table::divides(std::size_t row, std::size_t column) const {
  // An indented cell is not broken: its indentation shows the cell that it belongs to.
  return (titled_ && row == 0) || (alignment_[column] == Align::left && !rows_[row][column].starts_with(' '));
}

std::size_t Table::width(std::size_t column, bool divided, bool titles) const {
  std::size_t widest = 0;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    if (column >= rows_[r].size()) continue;
    const bool title = titled_ && r == 0;
    const bool whole = !divides(r, column) || (title ? titles : !divided);
    const std::size_t length = base::character_count(rows_[r][column]);
    // Lines of single words are hard to read; the column then moves to another table below.
    const std::size_t readable = title ? 0 : std::min<std::size_t>(length, least_of_text);
    widest = std::max(widest, whole ? length : std::max(longest_part(rows_[r][column]), readable));
  }
  return widest;
}

Table::Columns Table::fitted(const Columns& columns, std::size_t limit) const {
  Columns widths(columns.size()), least(columns.size());
  for (std::size_t k = 0; k < columns.size(); ++k) widths[k] = width(columns[k], false, true);
  const auto total = [&] { return std::accumulate(widths.begin(), widths.end(), column_gap * columns.size()); };
  // Titles are broken into lines first, then texts.
  for (const bool divided : {false, true}) {
    for (std::size_t k = 0; k < columns.size(); ++k) least[k] = width(columns[k], divided, false);
    while (total() > limit) {
      std::size_t widest = columns.size();
      for (std::size_t k = 0; k < columns.size(); ++k) {
        if (widths[k] > least[k] && (widest == columns.size() || widths[k] > widths[widest])) widest = k;
      }
      if (widest == columns.size()) break;
      --widths[widest];
    }
  }
  return widths;
}

std::string Table::row(std::size_t r, const Columns& columns, const Columns& widths) const {
  std::vector<std::vector<std::string>> cells(columns.size());
  std::size_t height = 1;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const std::string cell = columns[k] < rows_[r].size() ? rows_[r][columns[k]] : "";
    cells[k] = divides(r, columns[k]) ? lines_of(base::wrapped(cell, widths[k])) : std::vector{cell};
    height = std::max(height, cells[k].size());
  }
  std::string out;
  for (std::size_t h = 0; h < height; ++h) {
    std::string line;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      // Titles are aligned to the bottom line.
      const std::size_t above = titled_ && r == 0 ? height - cells[k].size() : 0;
      const std::string part = h >= above && h - above < cells[k].size() ? cells[k][h - above] : "";
      const std::string blanks(widths[k] - std::min(widths[k], base::character_count(part)), ' ');
      line += "  " + (alignment_[columns[k]] == Align::left ? part + blanks : blanks + part);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string Table::panel(const Columns& columns, std::size_t limit) const {
  const Columns widths = fitted(columns, limit);
  std::string out;
  for (std::size_t r = 0; r < rows_.size(); ++r) out += row(r, columns, widths);
  return out;
}

std::string Table::text(std::size_t limit) const {
  if (limit == 0) limit = base::terminal_columns();
  Columns columns{0};
  std::string out;
  const auto begin = [&](std::size_t column) { return column_gap + width(column, true, false); };
  std::size_t used = begin(0);
  for (std::size_t column = 1; column < alignment_.size(); ++column) {
    if (width(column, true, true) == 0) continue;  // notes that all rows lack
    if (used + begin(column) > limit && columns.size() > 1) {
      out += panel(columns, limit) + "\n";
      columns = {0};
      used = begin(0);
    }
    columns.push_back(column);
    used += begin(column);
  }
  return out + panel(columns, limit);
}

}  // namespace mho::cli
