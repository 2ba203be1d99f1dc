#include "analysis/page/page.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "analysis/page/packed_tables.h"
#include "analysis/page/page_files.h"
#include "analysis/page/run_sections.h"
#include "analysis/store/database.h"
#include "base/error.h"
#include "base/statistics.h"

namespace mho::analysis {

namespace {

/// SQL function confidence_95(n): half the width of the 95 % interval of a mean of n values, in standard errors; NULL below 2.
void confidence_of_count(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  const sqlite3_int64 samples = sqlite3_value_int64(values[0]);
  if (samples < 2) return sqlite3_result_null(context);
  sqlite3_result_double(context, base::confidence_95(static_cast<std::size_t>(samples)));
}

std::vector<std::int64_t> listed_runs(SQLite::Database& database, const std::string& path, const std::vector<std::int64_t>& wanted) {
  std::vector<std::int64_t> runs = wanted;
  std::ranges::sort(runs);
  runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
  SQLite::Statement exists(database, "SELECT 1 FROM run WHERE id = ?");
  for (const std::int64_t run : runs) {
    exists.bind(1, run);
    if (!exists.executeStep()) {
      const std::string largest = database.execAndGet("SELECT coalesce(max(id), 0) FROM run").getString();
      throw base::UserError(fmt::format("{} has no run {}; the largest number is {}", path, run, largest));
    }
    exists.reset();
  }
  return runs;
}

std::string view_columns(SQLite::Database& database) {
  SQLite::Statement rows(database, "SELECT group_concat(name, ', ') FROM pragma_table_info('v_run')");
  return rows.executeStep() ? rows.getColumn(0).getString() : "";
}

/// Throws UserError if the text contains more than one statement.
void require_one_statement(SQLite::Database& database, const std::string& sql, const std::string& where) {
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  sqlite3_prepare_v2(database.getHandle(), sql.c_str(), -1, &statement, &rest);
  sqlite3_finalize(statement);
  if (rest != nullptr && std::string_view(rest).find_first_not_of(" \n") != std::string_view::npos) {
    throw base::UserError(fmt::format("--where {}: a single condition is needed, but more text follows it; a page only reads", where));
  }
}

std::vector<std::int64_t> runs_where(SQLite::Database& database, const std::string& path, const std::string& where) {
  std::vector<std::int64_t> runs;
  try {
    // The condition has lines of its own, so that a comment in it does not hide the end of the statement.
    const std::string sql = fmt::format("SELECT run FROM v_run WHERE (\n{}\n) ORDER BY run", where.empty() ? "1" : where);
    require_one_statement(database, sql, where);
    SQLite::Statement rows(database, sql);
    while (rows.executeStep()) runs.push_back(rows.getColumn(0).getInt64());
  } catch (const SQLite::Exception& error) {
    throw base::UserError(
        fmt::format("--where {}: SQLite says '{}'. It takes a condition over the columns of v_run, as \"design = 'default' AND tiles < 8\": {}",
                    where, error.what(), view_columns(database)));
  }
  if (!runs.empty()) return runs;
  if (where.empty()) throw base::UserError(fmt::format("{} has no runs to report; mho run and mho simulate store them", path));
  throw base::UserError(fmt::format("--where {}: no run of {} meets this condition", where, path));
}

std::string cell(const SQLite::Column& column) {
  if (column.isNull()) return "null";
  if (column.isInteger()) return fmt::format("{}", column.getInt64());
  if (column.isFloat()) return page_json(column.getDouble());
  const std::string text = column.getString();
  return std::string_view(column.getName()).ends_with("_json") ? text : page_json(std::string_view(text));
}

std::string names_json(const SQLite::Statement& statement) {
  std::string names;
  for (int c = 0; c < statement.getColumnCount(); ++c) names += (c > 0 ? "," : "") + page_json(std::string_view(statement.getColumnName(c)));
  return "[" + names + "]";
}

/// One section of every run: {"columns": names, "tables": as PackedTables writes them}.
std::string section_json(SQLite::Database& database, const RunSection& section, const std::vector<std::int64_t>& runs) {
  SQLite::Statement statement(database, std::string(section.sql));
  const auto width = static_cast<std::size_t>(statement.getColumnCount());
  PackedTables tables;
  std::string text;
  for (const std::int64_t run : runs) {
    statement.bind(1, run);
    CellColumns columns(width);
    while (statement.executeStep()) {
      for (std::size_t c = 0; c < width; ++c) columns[c].push_back(cell(statement.getColumn(static_cast<int>(c))));
    }
    statement.reset();
    text += (text.empty() ? "" : ",") + tables.add(std::move(columns));
  }
  return fmt::format(R"({{"columns":{},"tables":[{}]}})", names_json(statement), text);
}

/// The table of runs: {"run": column, ...}.
std::string overview_json(SQLite::Database& database, const std::vector<std::int64_t>& runs) {
  SQLite::Statement statement(database, std::string(overview_sql()));
  const auto width = static_cast<std::size_t>(statement.getColumnCount());
  CellColumns columns(width);
  for (const std::int64_t run : runs) {
    statement.bind(1, run);
    while (statement.executeStep()) {
      for (std::size_t c = 0; c < width; ++c) columns[c].push_back(cell(statement.getColumn(static_cast<int>(c))));
    }
    statement.reset();
  }
  std::string text;
  for (std::size_t c = 0; c < width; ++c) {
    text += fmt::format("{}{}:{}", c > 0 ? ",\n" : "", page_json(std::string_view(statement.getColumnName(static_cast<int>(c)))),
                        packed_column(columns[c]));
  }
  return "{" + text + "}";
}

/// The text with the first `mark` replaced by `content`. Throws std::logic_error if there is none.
std::string filled(std::string text, std::string_view mark, std::string_view content) {
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) throw std::logic_error(fmt::format("page.html has no {}", mark));
  return text.replace(at, mark.size(), content);
}

std::string frame() {
  std::string html, style, scripts;
  for (const PageFile& file : page_files()) {
    if (file.name.ends_with(".html")) html = file.text;
    if (file.name.ends_with(".css")) style += file.text;
    if (file.name.ends_with(".js")) scripts += fmt::format("<script>\n{}</script>\n", file.text);
  }
  return filled(filled(std::move(html), "/* style */\n", style), "<!-- scripts -->\n", scripts);
}

}  // namespace

ReportPage report_page(const std::string& path, const PageChoice& choice) {
  try {
    SQLite::Database database = open_for_reading(path);
    database.createFunction("confidence_95", 1, true, nullptr, confidence_of_count);
    // One transaction reads one state of the file, even if another process writes meanwhile.
    SQLite::Transaction reading(database);
    const std::vector<std::int64_t> runs = choice.runs.empty() ? runs_where(database, path, choice.where) : listed_runs(database, path, choice.runs);
    std::string html = frame();
    const std::string overview = overview_json(database, runs);
    std::size_t size = html.size() + overview.size() + path.size();
    std::string sections;
    ReportPage page{.html = {}, .runs = runs.size()};
    for (const RunSection& section : run_sections()) {
      const std::string text = section_json(database, section, runs);
      if (runs.size() > 1 && size + text.size() > most_page_bytes - most_page_bytes / 100) {
        page.omitted.emplace_back(section.name);
        continue;
      }
      size += text.size();
      sections += fmt::format("{}{}:{}", sections.empty() ? "" : ",\n", page_json(section.name), text);
    }
    std::string omitted;
    for (const std::string& name : page.omitted) omitted += (omitted.empty() ? "" : ",") + page_json(std::string_view(name));
    page.html = filled(std::move(html), "<!-- data -->",
                       fmt::format("{{\"file\":{},\"omitted\":[{}],\n\"overview\":{},\n\"sections\":{{{}}}}}", page_json(std::string_view(path)),
                                   omitted, overview, sections));
    return page;
  } catch (const SQLite::Exception& error) {
    throw base::UserError(fmt::format("{} cannot be read: {}", path, error.what()));
  }
}

}  // namespace mho::analysis
