#include "cli/verbs/db/format.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>
#include <variant>

#include "base/design_file/config.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "workloads/data/metric.h"

namespace mho::cli {

namespace {

using analysis::Cell;
using analysis::ResultTable;

std::string quoted_csv(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) quoted.append(letter == '"' ? 2 : 1, letter);
  return quoted + "\"";
}

std::string escaped_markdown(const std::string& text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '|' || letter == '\\') out += '\\';
    out += letter == '\n' ? ' ' : letter;
  }
  return out;
}

std::string escaped_latex(const std::string& text) {
  const std::string special = "&%$#_{}";
  std::string out;
  for (const char letter : text) {
    if (letter == '\\') {
      out += "\\textbackslash{}";
    } else if (letter == '~' || letter == '^') {
      out += fmt::format("\\{}{{}}", letter);
    } else {
      if (special.find(letter) != std::string::npos) out += '\\';
      out += letter;
    }
  }
  return out;
}

bool is_numeric(const ResultTable& table, std::size_t column) {
  return std::ranges::all_of(table.rows, [&](const auto& row) { return analysis::is_null(row[column]) || analysis::is_number(row[column]); });
}

/// A table as text: cells separated by marks, one line for each row.
template <class Escape>
std::string marked_lines(const ResultTable& table, const std::string& begin, const std::string& between, const std::string& end,
                         const Escape& escape) {
  std::string text;
  for (const auto& row : table.rows) {
    std::vector<std::string> cells;
    cells.reserve(row.size());
    for (const Cell& cell : row) cells.push_back(escape(raw_text(cell)));
    text += fmt::format("{}{}{}\n", begin, fmt::join(cells, between), end);
  }
  return text;
}

std::string csv_text(const ResultTable& table) {
  std::vector<std::string> titles;
  for (const std::string& column : table.columns) titles.push_back(quoted_csv(column));
  return fmt::format("{}\n{}", fmt::join(titles, ","), marked_lines(table, "", ",", "", quoted_csv));
}

std::string markdown_text(const ResultTable& table) {
  std::string rule = "|";
  std::vector<std::string> titles;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    titles.push_back(escaped_markdown(table.columns[i]));
    rule += is_numeric(table, i) ? " ---: |" : " --- |";
  }
  return fmt::format("| {} |\n{}\n{}", fmt::join(titles, " | "), rule, marked_lines(table, "| ", " | ", " |", escaped_markdown));
}

std::string latex_text(const ResultTable& table) {
  std::string alignment;
  std::vector<std::string> titles;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    alignment += is_numeric(table, i) ? 'r' : 'l';
    titles.push_back(escaped_latex(table.columns[i]));
  }
  return fmt::format("\\begin{{tabular}}{{{}}}\n\\hline\n{} \\\\\n\\hline\n{}\\hline\n\\end{{tabular}}\n", alignment, fmt::join(titles, " & "),
                     marked_lines(table, "", " & ", " \\\\", escaped_latex));
}

std::string people_table(const ResultTable& table, const Units& units) {
  using enum Table::Align;
  std::vector<Table::Align> alignment;
  for (std::size_t i = 0; i < table.columns.size(); ++i) alignment.push_back(is_numeric(table, i) ? right : left);
  Table text(alignment);
  text.add(table.columns);
  const auto metric_column = std::ranges::find(table.columns, std::string("metric"));
  for (const auto& row : table.rows) {
    std::string metric;
    if (metric_column != table.columns.end()) metric = raw_text(row[static_cast<std::size_t>(metric_column - table.columns.begin())]);
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto unit = units.find(table.columns[i]);
      cells.push_back(people_text(row[i], unit == units.end() ? "" : unit->second, metric));
    }
    text.add(std::move(cells));
  }
  return text.text();
}

}  // namespace

RowFormat FormatArguments::chosen() const {
  if (json || format == "json") return RowFormat::json;
  return format == "csv" ? RowFormat::csv : format == "markdown" ? RowFormat::markdown : format == "latex" ? RowFormat::latex : RowFormat::table;
}

void add_format(Options& options, FormatArguments& format) {
  options.word("--format", format.format, {"table", "csv", "json", "markdown", "latex"},
               "format of the rows: a table rounded for reading, or csv, json, markdown or latex with all digits",
               fmt::format("WORD ({})", format.format));
  options.flag("--json", format.json, "print one JSON object instead of text");
}

void check(const FormatArguments& format) {
  if (format.json && format.format != "table" && format.format != "json") {
    usage(fmt::format("--json and --format {} ask for two forms; leave one out", format.format));
  }
}

Units units_of(const analysis::Reader& reader, const std::string& view) {
  Units units;
  for (const analysis::ColumnText& column : reader.columns(view)) units[column.column] = column.unit;
  return units;
}

std::string raw_text(const Cell& cell) {
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *whole);
  if (const auto* real = std::get_if<double>(&cell)) return fmt::format("{}", *real);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return "";
}

std::string people_text(const Cell& cell, const std::string& unit, const std::string& metric) {
  if (analysis::is_null(cell)) return "-";
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  const double value = analysis::number(cell);
  if (unit == "metric") {
    const auto known = workloads::metric_names();
    return std::ranges::find(known, metric) == known.end() ? fmt::format("{:.6g}", value) : metric_text(workloads::metric_of(metric), value);
  }
  constexpr std::array<std::string_view, 6> prefixed{"s", "J", "W", "1/s", "Hz", "bit"};
  if (std::ranges::find(prefixed, unit) != prefixed.end()) return base::format_si(value, unit == "1/s" ? "/s" : unit);
  if (unit == "%") return fmt::format("{:.3g} %", value);
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *whole);
  const std::string number = fmt::format("{:.4g}", value);
  return unit.empty() || unit.starts_with("unit") ? number : fmt::format("{} {}", number, unit);
}

base::Json cell_json(const Cell& cell) {
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return *whole;
  if (const auto* real = std::get_if<double>(&cell)) return *real;
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return {};
}

base::Json::Array rows_json(const ResultTable& table) {
  base::Json::Array rows;
  for (const auto& row : table.rows) {
    base::Json one{base::Json::Object{}};
    for (std::size_t i = 0; i < row.size(); ++i) one[table.columns[i]] = cell_json(row[i]);
    rows.push_back(std::move(one));
  }
  return rows;
}

std::string rows_text(const ResultTable& table, RowFormat format, const Units& units) {
  switch (format) {
    case RowFormat::csv:
      return csv_text(table);
    case RowFormat::json:
      return base::Json(rows_json(table)).dump(2) + "\n";
    case RowFormat::markdown:
      return markdown_text(table);
    case RowFormat::latex:
      return latex_text(table);
    case RowFormat::table:
      break;
  }
  return people_table(table, units);
}

void print_rows(const ResultTable& table, RowFormat format, const Units& units) {
  const std::string text = rows_text(table, format, units);
  format == RowFormat::table ? print_text(text) : print_exactly(text);
}

void add_results(Options& options, std::string& database) { options.file("--db", database, "database of results; only read"); }

std::vector<std::string> parse_names(const std::string& option, const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string name = text.substr(begin, end - begin);
    name.erase(0, name.find_first_not_of(' '));
    name.erase(name.find_last_not_of(' ') + 1);
    if (name.empty()) usage(fmt::format("{} {}: a name is empty; names are separated by commas", option, text));
    names.push_back(std::move(name));
    begin = end + 1;
  }
  return names;
}

std::int64_t parse_run(const std::string& name, const std::string& text) {
  return parse_whole(name, text, 1, std::numeric_limits<std::int64_t>::max());
}

}  // namespace mho::cli
