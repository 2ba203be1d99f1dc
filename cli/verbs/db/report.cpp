#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/page/page.h"
#include "base/json.h"
#include "base/output_file.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

struct ReportArguments {
  std::optional<std::string> file;  ///< empty: results.db
  analysis::PageChoice choice;
  std::string out = "report.html";
  bool json = false;
};

constexpr std::int64_t largest_run = INT64_MAX;

/// "3", "3,5" or "1-9,12".
std::vector<std::int64_t> parse_runs(const std::string& option, const std::string& text) {
  constexpr std::int64_t most_runs = 100'000;
  std::vector<std::int64_t> runs;
  std::istringstream parts(text + ",");
  for (std::string part; std::getline(parts, part, ',');) {
    const std::size_t dash = part.find('-', 1);
    const std::int64_t first = parse_whole(option, part.substr(0, dash), 1, largest_run);
    const std::int64_t last = dash == std::string::npos ? first : parse_whole(option, part.substr(dash + 1), first, largest_run);
    if (last - first >= most_runs - static_cast<std::int64_t>(runs.size())) {
      usage(fmt::format("{} {}: more than {} runs; choose some with --where", option, text, most_runs));
    }
    for (std::int64_t run = first; run <= last; ++run) runs.push_back(run);
  }
  return runs;
}

void report(const ReportArguments& arguments, const Invocation& invocation) {
  const std::string path = arguments.file.value_or("results.db");
  base::OutputFile file(arguments.out, {path});
  const analysis::ReportPage page = analysis::report_page(path, arguments.choice);
  file.write(page.html);
  file.commit();
  if (arguments.json) {
    base::Json json;
    json["file"] = arguments.out;
    json["runs"] = static_cast<std::int64_t>(page.runs);
    json["bytes"] = static_cast<std::int64_t>(page.html.size());
    json["omitted"] = base::Json::Array(page.omitted.begin(), page.omitted.end());
    return print_json(invocation, std::nullopt, json);
  }
  std::string omitted;
  for (const std::string& name : page.omitted) omitted += (omitted.empty() ? "" : ", ") + name;
  constexpr std::size_t kilobyte = 1000;
  print_text(fmt::format("{} of {} in {}, {} kB; a browser opens it, without a network\n",
                         page.runs == 1 ? "1 run" : fmt::format("{} runs", page.runs), path, arguments.out, page.html.size() / kilobyte));
  if (!omitted.empty()) print_text(fmt::format("left out of single runs, to keep it small: {}; with --run N a run has all\n", omitted));
}

Action read_report_line(Options& options) {
  ReportArguments arguments;
  std::optional<std::string> run, runs, where, db;
  options.file("FILE", arguments.file, "database of results; without it results.db");
  options.text("--run", run, "number of a single run to show", "N");
  options.text("--runs", runs, "numbers of the runs to show, such as 3,5 or 1-9,12; two runs are compared", "A,B");
  options.text("--where", where, "condition of SQL on columns of v_run; selects the runs", "CONDITION");
  options.output("--out", arguments.out, "page to write", "HTML");
  options.text("--db", db, "database of results, as FILE", "FILE");
  add_json(options, arguments.json);
  options.read();
  if (db && arguments.file) usage(fmt::format("FILE {} and --db {} both name the database; give one of them", *arguments.file, *db));
  if (db) arguments.file = db;
  if ((run ? 1 : 0) + (runs ? 1 : 0) + (where ? 1 : 0) > 1) usage("--run, --runs and --where each say which runs to show; give one of them");
  if (run) arguments.choice.runs = {parse_whole("--run", *run, 1, largest_run)};
  if (runs) arguments.choice.runs = parse_runs("--runs", *runs);
  if (where) {
    arguments.choice.where = *where;
    if (where->find_first_not_of(" \t\n") == std::string::npos) usage("--where: a condition is needed, such as \"tiles < 8\"");
  }
  return [arguments](const Invocation& invocation) { report(arguments, invocation); };
}

}  // namespace

Verb report_verb() {
  return {.name = "report",
          .sentence = "write stored runs as one page for a browser: one run with all its figures, two runs compared, or many runs with their front",
          .examples = {{"mho report --run 3 --out run3.html", "everything about run 3 on one page"},
                       {"mho report --where \"network = 'strokes'\"", "all runs of a network: the front of any two figures, and a table"}},
          .read = read_report_line};
}

}  // namespace mho::cli
