#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "analysis/query/stored_run.h"
#include "analysis/store/schema.h"
#include "base/error.h"
#include "base/version.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/summary.h"
#include "cli/verbs.h"
#include "cli/verbs/db/format.h"
#include "cli/verbs/db/replay.h"

namespace mho::cli {

namespace {

struct RerunArguments {
  analysis::ResultKind kind = analysis::ResultKind::run;
  std::int64_t number = 0;
  std::string db = "results.db";
  bool json = false;
};

/// Columns that differ between runs of the same inputs: date, machine, duration, command line and storage.
constexpr std::array<std::string_view, 22> of_the_moment{
    "id",      "run", "study",   "created", "command", "threads", "wall_s",  "simulation_wall_s", "name",        "tags",         "inputs",
    "machine", "uid", "options", "base",    "changes", "origin",  "version", "repeats_requested", "design_json", "declarations", "design"};

/// Comparison of two results: compared values and tables, and the differences.
struct Sameness {
  std::int64_t values = 0;
  std::int64_t tables = 0;
  std::vector<std::string> differences;
};

/// Compares the rows of both results, bit by bit.
void compare_table(const std::string& table, const std::string& number, const std::vector<std::string>& columns, const analysis::Reader& then,
                   std::int64_t id_then, const analysis::Reader& now, std::int64_t id_now, Sameness& sameness) {
  std::string list;
  for (const std::string& column : columns) {
    if (std::ranges::find(of_the_moment, column) == of_the_moment.end()) list += (list.empty() ? "" : ", ") + analysis::sql_name(column);
  }
  if (list.empty()) return;
  // All parameters are compared; whether a parameter was given on the command line may differ.
  const std::string from = table == "setting" ? "parameter" : table;
  const std::string sql = fmt::format("SELECT {0} FROM {1} WHERE {2} = ? ORDER BY {0}", list, analysis::sql_name(from), number);
  const analysis::ResultTable a = then.select(sql, {id_then}), b = now.select(sql, {id_now});
  if (!a.rows.empty()) ++sameness.tables;
  if (a.rows.size() != b.rows.size()) {
    sameness.differences.push_back(fmt::format("{}: {} rows, and now {}", table, a.rows.size(), b.rows.size()));
    return;
  }
  for (std::size_t r = 0; r < a.rows.size(); ++r) {
    for (std::size_t c = 0; c < a.columns.size(); ++c) {
      ++sameness.values;
      if (a.rows[r][c] == b.rows[r][c]) continue;
      sameness.differences.push_back(fmt::format("{}.{}: {}, and now {}", table, a.columns[c], raw_text(a.rows[r][c]), raw_text(b.rows[r][c])));
    }
  }
}

Sameness bit_for_bit(const std::string& owner, const analysis::Reader& then, std::int64_t id_then, const analysis::Reader& now, std::int64_t id_now) {
  Sameness sameness;
  for (const auto& [table, columns] : analysis::schema_names().columns) {
    const bool is_owner = table == owner;
    if (table == "marginal") continue;  // mho db improve adds this table to a stored run
    if (!is_owner && std::ranges::find(columns, owner) == columns.end()) continue;
    compare_table(table, is_owner ? "id" : owner, columns, then, id_then, now, id_now, sameness);
  }
  return sameness;
}

/// Compares the printed output of both results, line by line.
Sameness in_printed_digits(const analysis::Reader& then, std::int64_t id_then, const analysis::Reader& now, std::int64_t id_now) {
  const auto lines = [](const analysis::Reader& reader, std::int64_t run) {
    const analysis::StoredRun stored = analysis::stored_run(reader, run);
    const std::string text = stored.scored ? summary(stored.design, stored.result, 1, "") : chip_summary(stored.design, stored.result, 1, "");
    std::vector<std::string> all;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      std::string line = text.substr(begin, end - begin);
      // Duration and speed of the simulation itself differ between runs.
      if (!line.starts_with("simulated ") && !line.starts_with("estimated, ")) all.push_back(std::move(line));
      begin = end + 1;
    }
    return all;
  };
  const std::vector<std::string> a = lines(then, id_then), b = lines(now, id_now);
  Sameness sameness{.values = static_cast<std::int64_t>(a.size()), .tables = 1, .differences = {}};
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const std::string first = i < a.size() ? a[i] : "", second = i < b.size() ? b[i] : "";
    if (first != second) sameness.differences.push_back(fmt::format("'{}', and now '{}'", first, second));
  }
  return sameness;
}

void rerun(const RerunArguments& arguments, const Invocation& invocation) {
  const analysis::Reader then(arguments.db);
  const std::string word = analysis::kind_word(arguments.kind);
  const TemporaryFolder folder;
  const Replay replay = replay_of(then, arguments.kind, arguments.number, folder);
  if (arguments.kind == analysis::ResultKind::run) static_cast<void>(analysis::stored_run(then, arguments.number));
  const std::string file = (folder.path() / "again.db").string();
  const std::int64_t again = run_again(replay, replay.design, file, {}, folder);
  const analysis::Reader now(file);
  const std::string version = raw_text(then.value(fmt::format("SELECT version FROM {} WHERE id = ?", word), {arguments.number}));
  const bool same_version = version == base::version(), study = arguments.kind == analysis::ResultKind::study;
  const bool exact = same_version || study;
  const Sameness sameness = exact ? bit_for_bit(word, then, arguments.number, now, again) : in_printed_digits(then, arguments.number, now, again);
  const std::string what = exact ? fmt::format("{} values of {} tables bit for bit", sameness.values, sameness.tables)
                                 : fmt::format("{} lines in printed digits", sameness.values);
  std::string text = fmt::format("{} {} of {}, again with mho {}{}\n", word, arguments.number, arguments.db, base::version(),
                                 same_version ? "" : fmt::format("; it was stored by mho {}", version));
  constexpr std::size_t most = 30;
  for (std::size_t i = 0; i < std::min(most, sameness.differences.size()); ++i) text += "  " + sameness.differences[i] + "\n";
  if (sameness.differences.size() > most) text += fmt::format("  and {} more\n", sameness.differences.size() - most);
  text += sameness.differences.empty() ? fmt::format("the same: {}\n", what) : fmt::format("{} of {} differ\n", sameness.differences.size(), what);
  if (arguments.json) {
    base::Json json;
    json[word] = arguments.number;
    json["stored_by"] = version;
    json["same_version"] = same_version;
    json["compared"] = exact ? "bits" : "printed digits";
    json["values"] = sameness.values;
    json["differences"] = base::Json::Array(sameness.differences.begin(), sameness.differences.end());
    print_json(invocation, std::nullopt, json);
  } else {
    print_text(text);
  }
  if (!sameness.differences.empty()) {
    throw base::UserError(fmt::format("{} {} does not come out as it was stored", word, arguments.number), base::ExitCode::failed_check);
  }
}

Action read_rerun_line(Options& options) {
  RerunArguments arguments;
  std::string what;
  options.text("RUN", what, "number of a run in the database; study:N is a study", "RUN");
  add_results(options, arguments.db);
  add_json(options, arguments.json);
  options.read();
  constexpr std::string_view study = "study:";
  if (what.starts_with(study)) {
    arguments.kind = analysis::ResultKind::study;
    what = what.substr(study.size());
  }
  arguments.number = parse_run("RUN", what);
  return [arguments](const Invocation& invocation) { rerun(arguments, invocation); };
}

}  // namespace

Verb db_rerun_verb() {
  return {.name = "db rerun",
          .sentence = "compute a stored run again from its files, and compare every value; nothing is stored",
          .examples = {{"mho db rerun 3", "does run 3 give the same results?"}},
          .read = read_rerun_line};
}

}  // namespace mho::cli
