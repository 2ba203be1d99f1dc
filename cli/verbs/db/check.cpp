#include <fmt/format.h>

#include "analysis/query/health.h"
#include "base/error.h"
#include "cli/common_options.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "cli/verbs/db/format.h"

namespace mho::cli {

namespace {

struct CheckArguments {
  std::string db = "results.db";
  bool json = false;
};

void check_database(const CheckArguments& arguments, const Invocation& invocation) {
  const analysis::Reader reader(arguments.db);
  const std::vector<analysis::HealthCheck> checks = analysis::check_health(reader);
  using enum Table::Align;
  Table table({left, right, left});
  table.add({"looked at", "", ""});
  base::Json::Array list;
  std::string problems;
  std::int64_t count = 0;
  for (const analysis::HealthCheck& check : checks) {
    const std::int64_t found = static_cast<std::int64_t>(check.problems.size()) + check.more;
    count += found;
    table.add({check.what, fmt::format("{}", check.looked_at), found == 0 ? "good" : fmt::format("{} wrong", found)});
    for (const std::string& problem : check.problems) problems += fmt::format("  {}: {}\n", check.what, problem);
    if (check.more > 0) problems += fmt::format("  {}: and {} more\n", check.what, check.more);
    base::Json one;
    one["what"] = check.what;
    one["looked_at"] = check.looked_at;
    one["wrong"] = found;
    one["problems"] = base::Json::Array(check.problems.begin(), check.problems.end());
    list.push_back(one);
  }
  if (arguments.json) {
    base::Json json;
    json["checks"] = list;
    json["good"] = count == 0;
    print_json(invocation, std::nullopt, json);
  } else {
    print_text(table.text() + (problems.empty() ? "" : "\n" + problems));
  }
  if (count > 0) {
    throw base::UserError(fmt::format("{}: {} things are wrong; figures of these runs are not to be trusted", arguments.db, count),
                          base::ExitCode::failed_check);
  }
}

Action read_check_line(Options& options) {
  CheckArguments arguments;
  add_results(options, arguments.db);
  add_json(options, arguments.json);
  options.read();
  return [arguments](const Invocation& invocation) { check_database(arguments, invocation); };
}

}  // namespace

Verb db_check_verb() {
  return {.name = "db check",
          .sentence = "check a database: the file, references between rows, sums of every run",
          .examples = {{"mho db check", "is everything in results.db in order?"}},
          .read = read_check_line};
}

}  // namespace mho::cli
