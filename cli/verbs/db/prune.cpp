#include <fmt/format.h>

#include <optional>

#include "analysis/query/run_list.h"
#include "analysis/store/merge.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/verbs/db/format.h"

namespace mho::cli {

namespace {

struct PruneArguments {
  std::string db = "results.db";
  std::optional<std::string> where;
  bool deletes = false, json = false;
};

void prune(const PruneArguments& arguments, const Invocation& invocation) {
  std::vector<std::int64_t> runs;
  std::string text;
  {
    const analysis::Reader reader(arguments.db);
    analysis::ListRequest request{.columns = {"run", "created", "name", "network", "exit_code"}, .where = arguments.where};
    const analysis::ResultTable table = analysis::list_results(reader, request);
    for (const auto& row : table.rows) runs.push_back(std::get<std::int64_t>(row.front()));
    if (!arguments.deletes && !table.rows.empty()) text = rows_text(table, RowFormat::table);
  }
  if (arguments.deletes && !runs.empty()) analysis::delete_runs(arguments.db, runs);
  if (arguments.json) {
    base::Json json;
    json["runs"] = base::Json::Array(runs.begin(), runs.end());
    json["deleted"] = arguments.deletes;
    return print_json(invocation, std::nullopt, json);
  }
  print_text(text + (arguments.deletes ? fmt::format("{} runs deleted from {}\n", runs.size(), arguments.db)
                                       : fmt::format("{} runs; nothing was deleted: --delete does that\n", runs.size())));
}

Action read_prune_line(Options& options) {
  PruneArguments arguments;
  std::string condition;
  options.text("--where", condition, "condition of SQL on columns of v_run; selects the runs", "CONDITION");
  options.flag("--delete", arguments.deletes, "delete the runs; without it they are listed");
  options.output("--db", arguments.db, "database of results", "a database");
  add_json(options, arguments.json);
  options.read();
  arguments.where = condition;
  return [arguments](const Invocation& invocation) { prune(arguments, invocation); };
}

}  // namespace

Verb db_prune_verb() {
  return {.name = "db prune",
          .sentence = "delete the runs that meet a condition, and free their space",
          .examples = {{"mho db prune --where \"exit_code <> 0\"", "which runs were refused?"},
                       {"mho db prune --where \"created < '2026-01-01'\" --delete", "delete old runs"}},
          .read = read_prune_line};
}

}  // namespace mho::cli
