#include "analysis/design/published.h"

#include <charconv>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "analysis/design/published_files.h"

namespace mho::analysis {

namespace {

/// Cells of the lines, without comments and the heading.
std::vector<std::vector<std::string>> rows_of(std::string_view text) {
  std::istringstream lines{std::string(text)};
  std::vector<std::vector<std::string>> rows;
  bool heading = true;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    if (std::exchange(heading, false)) continue;
    std::vector<std::string> cells;
    std::istringstream parts(line);
    for (std::string cell; std::getline(parts, cell, ',');) cells.push_back(cell);
    rows.push_back(std::move(cells));
  }
  return rows;
}

/// The tables are part of the program, so an error in them is a std::logic_error.
double number_of(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw std::logic_error("a table of published figures holds '" + text + "'");
  return value;
}

}  // namespace

std::vector<PublishedMacro> published_macros() {
  std::vector<PublishedMacro> all;
  for (const PublishedFile& file : published_files()) {
    if (file.file != "published_macros.csv") continue;
    for (const auto& row : rows_of(file.text)) {
      all.push_back({.venue = row.at(1),
                     .memory = row.at(4),
                     .cell = row.at(5),
                     .year = static_cast<int>(number_of(row.at(2))),
                     .node_nm = number_of(row.at(3)),
                     .tops_per_watt = number_of(row.at(8)),
                     .tops_per_mm2 = number_of(row.at(9))});
    }
  }
  return all;
}

std::vector<PublishedFigure> published_figures() {
  std::vector<PublishedFigure> all;
  for (const PublishedFile& file : published_files()) {
    const std::size_t slash = file.file.find('/');
    if (slash == std::string_view::npos) continue;
    const std::string design = std::string(file.file.substr(0, slash)) + "/design.yaml";
    for (const auto& row : rows_of(file.text)) {
      all.push_back(
          {.file = design, .level = row.at(0), .figure = row.at(1), .unit = row.at(3), .kind = row.at(4), .published = number_of(row.at(2))});
    }
  }
  return all;
}

}  // namespace mho::analysis
