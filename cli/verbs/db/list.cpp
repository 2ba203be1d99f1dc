#include <fmt/format.h>

#include <iterator>
#include <optional>

#include "analysis/query/run_list.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/verbs/db/format.h"

namespace mho::cli {

namespace {

struct ListArguments {
  std::string db = "results.db";
  std::string kind = "runs";
  analysis::ListRequest request;
  FormatArguments format;
};

void list(const ListArguments& arguments, const Invocation& invocation) {
  const analysis::Reader reader(arguments.db);
  analysis::ListRequest request = arguments.request;
  if (request.limit) ++*request.limit;  // one more shows whether there are more results
  analysis::ResultTable table = analysis::list_results(reader, request);
  const bool more = arguments.request.limit && std::ssize(table.rows) > *arguments.request.limit;
  if (more) table.rows.pop_back();
  const RowFormat format = arguments.format.chosen();
  if (format == RowFormat::json) {
    base::Json json;
    json["kind"] = arguments.kind;
    json["rows"] = rows_json(table);
    return print_json(invocation, std::nullopt, json);
  }
  if (format == RowFormat::table && table.rows.empty()) {
    const bool asked = arguments.request.where || !arguments.request.tags.empty() || arguments.request.since_s;
    return print_text(fmt::format("no {} in {}{}\n", arguments.kind, arguments.db, asked ? " that this asks for" : ""));
  }
  print_rows(table, format, units_of(reader, analysis::view_of(arguments.request.kind)));
  if (format == RowFormat::table && more) print_text(fmt::format("{} of them, there are more: --limit N, or --all\n", table.rows.size()));
}

Action read_list_line(Options& options) {
  ListArguments arguments;
  std::optional<std::string> columns, since;
  std::vector<std::string> tags;
  analysis::ListRequest& request = arguments.request;
  constexpr std::int64_t usual_limit = 20;
  request.limit = usual_limit;
  bool all = false;
  options.word("--kind", arguments.kind, {"runs", "studies", "trainings"}, "kind of results to list", "WORD (runs)");
  options.text("--columns", columns, "columns of v_run; also keys of parameters, separated by commas", "NAMES");
  options.text("--where", request.where, "condition of SQL on columns of v_run; for studies and trainings on columns of v_study and v_training",
               "CONDITION");
  options.list("--tag", tags, "tag of a result; lists results that have it, may be repeated", "KEY=VALUE");
  options.text("--since", since, "only results that are at most this old", "SPAN, such as 1d");
  options.text("--sort", request.sort, "column or key to sort by, smallest value first; without it the newest result first", "NAME");
  options.flag("--descending", request.descending, "sort with the largest value first");
  options.whole("--limit", request.limit, "maximum number of rows", "N (20)", 1);
  options.flag("--all", all, "list all rows");
  add_results(options, arguments.db);
  add_format(options, arguments.format);
  options.read();
  check(arguments.format);
  if (columns) request.columns = parse_names("--columns", *columns);
  if (since) request.since_s = parse_span("--since", *since, "30min, 12h, 1d");
  if (all) request.limit.reset();
  for (const std::string& tag : tags) request.tags.push_back(parse_tag(tag));
  request.kind = arguments.kind == "runs"      ? analysis::ResultKind::run
                 : arguments.kind == "studies" ? analysis::ResultKind::study
                                               : analysis::ResultKind::training;
  return [arguments](const Invocation& invocation) { list(arguments, invocation); };
}

}  // namespace

Verb db_list_verb() {
  return {.name = "db list",
          .sentence = "list the results in a database, the newest first",
          .examples = {{"mho db list --since 1d", "the runs since yesterday"},
                       {"mho db list --where \"area_mm2 < 5\" --sort energy_per_inference_j", "the runs that meet a condition"},
                       {"mho db list --columns run,name,tile.adc.bits,last_accuracy --format csv", "with a parameter as a column"}},
          .read = read_list_line};
}

}  // namespace mho::cli
