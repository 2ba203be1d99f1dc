#include "analysis/store/schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "base/design_file/config.h"
#include "base/error.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/verbs/db/format.h"

namespace mho::cli {

namespace {

struct SchemaArguments {
  std::optional<std::string> view;
  std::string db = "results.db";
  bool sql = false;
  FormatArguments format;
};

void schema(const SchemaArguments& arguments, const Invocation& invocation) {
  if (arguments.sql) {
    return print_exactly(fmt::format("{}\n{}\n{}", analysis::schema_sql(), analysis::views_sql(), analysis::columns_sql()));
  }
  const analysis::Reader reader(arguments.db);
  analysis::ResultTable table;
  if (arguments.view) {
    table = reader.select("SELECT \"column\", unit, meaning FROM v_column WHERE view = ?", {*arguments.view});
    if (table.rows.empty()) {
      std::vector<std::string> views;
      for (const auto& row : reader.select("SELECT DISTINCT view FROM v_column ORDER BY view").rows) views.push_back(raw_text(row.front()));
      throw base::UserError(
          fmt::format("there is no view {}{}; there are {}", *arguments.view, spelling_hint(*arguments.view, views), fmt::join(views, ", ")),
          base::ExitCode::usage);
    }
  } else {
    table = reader.select("SELECT view, \"column\", unit, meaning FROM v_column ORDER BY view");
  }
  const RowFormat format = arguments.format.chosen();
  if (format == RowFormat::json) {
    base::Json json;
    json["columns"] = rows_json(table);
    return print_json(invocation, std::nullopt, json);
  }
  print_rows(table, format);
}

Action read_schema_line(Options& options) {
  SchemaArguments arguments;
  options.text("VIEW", arguments.view, "columns of this view; without it of all views", "VIEW");
  options.flag("--sql", arguments.sql, "print the statements that create tables and views");
  add_results(options, arguments.db);
  add_format(options, arguments.format);
  options.read();
  check(arguments.format);
  if (arguments.sql && (arguments.view || arguments.format.chosen() != RowFormat::table)) {
    usage("--sql prints the statements of a new file as they are: it stands alone");
  }
  return [arguments](const Invocation& invocation) { schema(arguments, invocation); };
}

}  // namespace

Verb db_schema_verb() {
  return {.name = "db schema",
          .sentence = "list the name, unit and meaning of every column of every view",
          .examples = {{"mho db schema v_run", "the columns of a run"}},
          .read = read_schema_line};
}

}  // namespace mho::cli
