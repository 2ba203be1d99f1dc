#include "analysis/query/run_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/design_file/config.h"
#include "base/error.h"

namespace mho::analysis {

namespace {

std::vector<std::string> usual_columns(ResultKind kind) {
  switch (kind) {
    case ResultKind::study:
      return {"study", "created", "name", "network", "data", "metric", "float_accuracy", "reference", "tags"};
    case ResultKind::training:
      return {"training", "created", "name", "network", "data", "out", "epochs", "loss", "training_metric", "tags"};
    case ResultKind::run:
      break;
  }
  return {"run", "created", "name", "network", "metric", "last_accuracy", "latency_s", "energy_per_inference_j", "area_mm2", "tags", "exit_code"};
}

std::string doubled(const std::string& text, char quote) {
  std::string result(1, quote);
  for (const char letter : text) result.append(letter == quote ? 2 : 1, letter);
  return result + quote;
}

/// The SQL expression of a column of the view of `kind`.
std::string expression(const Reader& reader, ResultKind kind, const std::string& name, const std::string& alias) {
  if (kind == ResultKind::run) return run_expression(reader, name, alias);
  std::vector<std::string> legal;
  for (const ColumnText& column : reader.columns(view_of(kind))) legal.push_back(column.column);
  if (std::ranges::find(legal, name) != legal.end()) return fmt::format("{}.{}", alias, sql_name(name));
  const std::string near = base::nearest_spelling(name, legal);
  throw base::UserError(fmt::format("{} is no column of {}{}; there are {}", name, view_of(kind),
                                    near.empty() ? "" : fmt::format(" (did you mean {}?)", near), fmt::join(legal, ", ")),
                        base::ExitCode::usage);
}

}  // namespace

std::string sql_name(const std::string& name) { return doubled(name, '"'); }
std::string sql_text(const std::string& text) { return doubled(text, '\''); }

std::string kind_word(ResultKind kind) { return kind == ResultKind::run ? "run" : kind == ResultKind::study ? "study" : "training"; }
std::string view_of(ResultKind kind) { return "v_" + kind_word(kind); }

std::string run_expression(const Reader& reader, const std::string& name, const std::string& alias) {
  std::vector<std::string> legal;
  for (const ColumnText& column : reader.columns("v_run")) legal.push_back(column.column);
  if (std::ranges::find(legal, name) != legal.end()) return fmt::format("{}.{}", alias, sql_name(name));
  const std::vector<std::string> keys = reader.parameter_keys();
  if (std::ranges::find(keys, name) != keys.end()) {
    return fmt::format("(SELECT value FROM parameter p WHERE p.run = {}.run AND p.key = {})", alias, sql_text(name));
  }
  legal.insert(legal.end(), keys.begin(), keys.end());
  const std::string near = base::nearest_spelling(name, legal);
  throw base::UserError(fmt::format("{} is no column of v_run and no parameter{}; mho db schema v_run lists the columns, mho describe the parameters",
                                    name, near.empty() ? "" : fmt::format(" (did you mean {}?)", near)),
                        base::ExitCode::usage);
}

ResultTable list_results(const Reader& reader, const ListRequest& request) {
  std::vector<std::string> selected, conditions;
  for (const std::string& column : request.columns.empty() ? usual_columns(request.kind) : request.columns) {
    selected.push_back(fmt::format("{} AS {}", expression(reader, request.kind, column, "v"), sql_name(column)));
  }
  const std::string number = kind_word(request.kind);
  if (request.where) conditions.push_back(fmt::format("({})", *request.where));
  for (const auto& [key, value] : request.tags) {
    conditions.push_back(fmt::format("json_extract(v.tags, {}) = {}", sql_text(fmt::format("$.\"{}\"", key)), sql_text(value)));
  }
  if (request.since_s) {
    conditions.push_back(fmt::format("v.created >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-{:.0f} seconds')", *request.since_s));
  }
  std::string sql = fmt::format("SELECT {} FROM {} v", fmt::join(selected, ", "), view_of(request.kind));
  if (!conditions.empty()) sql += fmt::format(" WHERE {}", fmt::join(conditions, " AND "));
  const std::string direction = request.descending || !request.sort ? "DESC" : "ASC";
  if (request.sort) {
    const std::string by = expression(reader, request.kind, *request.sort, "v");
    sql += fmt::format(" ORDER BY {0} IS NULL, {0} {1}, v.{2} DESC", by, direction, number);
  } else {
    sql += fmt::format(" ORDER BY v.{} {}", number, direction);
  }
  if (request.limit) sql += fmt::format(" LIMIT {}", *request.limit);
  return reader.ask(sql);
}

}  // namespace mho::analysis
