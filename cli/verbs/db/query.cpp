#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "analysis/query/run_list.h"
#include "base/error.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/verbs/db/format.h"

namespace mho::cli {

namespace {

struct QueryArguments {
  std::string sql;
  std::string db = "results.db";
  std::vector<std::string> columns;
  FormatArguments format;
};

/// The statement, extended by columns of the runs that it lists.
std::string with_columns(const analysis::Reader& reader, std::string sql, const std::vector<std::string>& columns) {
  if (columns.empty()) return sql;
  while (!sql.empty() && (sql.back() == ';' || sql.back() == ' ' || sql.back() == '\n')) sql.pop_back();
  std::string more;
  for (const std::string& column : columns) {
    more += fmt::format(", {} AS {}", analysis::run_expression(reader, column, "v"), analysis::sql_name(column));
  }
  return fmt::format("SELECT q.*{} FROM ({}) q JOIN v_run v ON v.run = q.run", more, sql);
}

void query(const QueryArguments& arguments, const Invocation& invocation) {
  const analysis::Reader reader(arguments.db);
  if (!arguments.columns.empty()) {
    const auto columns = reader.ask(arguments.sql).columns;
    if (std::ranges::find(columns, std::string("run")) == columns.end()) {
      throw base::UserError("--columns gives runs further columns: the statement needs a column that is called run", base::ExitCode::usage);
    }
  }
  const analysis::ResultTable table = reader.ask(with_columns(reader, arguments.sql, arguments.columns));
  const RowFormat format = arguments.format.chosen();
  if (format == RowFormat::json) {
    base::Json json;
    json["columns"] = base::Json::Array(table.columns.begin(), table.columns.end());
    json["rows"] = rows_json(table);
    return print_json(invocation, std::nullopt, json);
  }
  print_rows(table, format);
}

Action read_query_line(Options& options) {
  QueryArguments arguments;
  std::optional<std::string> columns;
  options.text("SQL", arguments.sql, "a statement that reads, such as \"SELECT run, latency_s FROM v_run\"", "SQL");
  options.text("--columns", columns, "columns of v_run; also keys of parameters, separated by commas: added to the runs of the statement", "NAMES");
  add_results(options, arguments.db);
  add_format(options, arguments.format);
  options.read();
  check(arguments.format);
  if (columns) arguments.columns = parse_names("--columns", *columns);
  return [arguments](const Invocation& invocation) { query(arguments, invocation); };
}

}  // namespace

Verb db_query_verb() {
  return {.name = "db query",
          .sentence = "query a database in SQL without changing it",
          .examples = {{"mho db query \"SELECT block, joule FROM v_energy WHERE run = 1\" --format markdown", "a table for a document"},
                       {"mho db query \"SELECT run, latency_s FROM v_run\" --columns tile.adc.bits", "with a parameter of each run"}},
          .read = read_query_line};
}

}  // namespace mho::cli
