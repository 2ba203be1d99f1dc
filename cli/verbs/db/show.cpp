#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analysis/query/run_list.h"
#include "analysis/query/stored_run.h"
#include "analysis/report/result_json.h"
#include "analysis/store/design_rows.h"
#include "base/error.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "cli/verbs/db/format.h"
#include "cli/verbs/map_tables.h"

namespace mho::cli {

namespace {

struct ShowArguments {
  analysis::ResultKind kind = analysis::ResultKind::run;
  std::int64_t number = 0;
  std::string db = "results.db";
  bool design = false, json = false;
};

/// Name, tags and the like, one line for each of `columns` that is not empty.
std::string identity_text(const analysis::ResultTable& row, const std::vector<std::string>& columns) {
  Table table({Table::Align::left, Table::Align::left}, false);
  for (const std::string& column : columns) {
    for (std::size_t i = 0; i < row.columns.size(); ++i) {
      const std::string text = row.columns[i] == column ? raw_text(row.rows.at(0)[i]) : "";
      if (!text.empty() && text != "{}" && text != "[]") table.add({column, text});
    }
  }
  return table.text();
}

analysis::ResultTable row_of(const analysis::Reader& reader, const ShowArguments& arguments) {
  const std::string word = analysis::kind_word(arguments.kind);
  analysis::ResultTable row =
      reader.select(fmt::format("SELECT * FROM {0} WHERE {1} = ? LIMIT 1", analysis::view_of(arguments.kind), word), {arguments.number});
  if (row.rows.empty()) throw base::UserError(fmt::format("{} has no {} {}", reader.path(), word, arguments.number));
  return row;
}

base::Json row_json(const analysis::ResultTable& row) { return rows_json(row).front(); }

/// Prints the stored summary of a run, then name, tags and the like.
void show_run(const analysis::Reader& reader, const ShowArguments& arguments, const Invocation& invocation) {
  reader.require_run(arguments.number);
  const analysis::ResultTable row = row_of(reader, arguments);
  const std::vector<std::string> usual{"name",      "tags",        "changes",           "created",     "command",
                                       "version",   "seed",        "repeats_requested", "interrupted", "network_hash",
                                       "data_hash", "design_hash", "machine",           "exit_code",   "reason"};
  const analysis::Cell reason = reader.value("SELECT reason FROM run WHERE id = ?", {arguments.number});
  if (!analysis::is_null(reason)) {
    if (arguments.json) {
      base::Json json;
      json["run_id"] = arguments.number;
      json["run"] = row_json(row);
      return print_json(invocation, std::nullopt, json);
    }
    return print_text(fmt::format("run {} of {} was refused\n\n{}", arguments.number, arguments.db, identity_text(row, usual)));
  }
  std::optional<analysis::StoredRun> read;
  std::string unread;
  try {
    read = analysis::stored_run(reader, arguments.number);
  } catch (const base::UserError& error) {
    unread = error.what();  // the design was written by an older version
  }
  if (!read) {
    base::Json json;
    json["run_id"] = arguments.number;
    json["run"] = row_json(row);
    json["note"] = unread;
    return arguments.json ? print_json(invocation, std::nullopt, json) : print_text(identity_text(row, row.columns) + "\nnote: " + unread + "\n");
  }
  const analysis::StoredRun& stored = *read;
  if (arguments.json) {
    base::Json json = stored.scored ? analysis::result_json(stored.design, stored.result, arguments.number)
                                    : analysis::chip_json(stored.design, stored.result, arguments.number);
    json["run"] = row_json(row);
    return print_json(invocation, std::nullopt, json);
  }
  const std::string summary_text = stored.scored ? summary(stored.design, stored.result, arguments.number, arguments.db)
                                                 : chip_summary(stored.design, stored.result, arguments.number, arguments.db);
  print_text(summary_text);
  std::string warnings;
  for (const std::string& warning : stored.result.warnings) warnings += fmt::format("warning: {}\n", warning);
  const std::vector<analysis::ImprovementStep> steps = analysis::stored_marginal(reader, arguments.number);
  const std::string more = steps.empty() ? "" : "\nwhat more of a resource would bring\n" + choices_text(steps.front(), std::span(steps).subspan(1));
  print_text("\n" + identity_text(row, usual) + warnings + more);
}

/// Rows without the columns that identify the result, are empty, or are equal for all rows of a result.
analysis::ResultTable worth_reading(const analysis::ResultTable& rows) {
  const std::vector<std::string> of_the_result{"study", "training", "network", "design", "threshold", "error", "reference", "float_accuracy"};
  analysis::ResultTable kept{.columns = {}, .rows = std::vector<std::vector<analysis::Cell>>(rows.rows.size())};
  for (std::size_t c = 0; c < rows.columns.size(); ++c) {
    const bool empty = std::ranges::all_of(rows.rows, [&](const auto& row) { return analysis::is_null(row[c]); });
    if (empty || std::ranges::find(of_the_result, rows.columns[c]) != of_the_result.end()) continue;
    kept.columns.push_back(rows.columns[c]);
    for (std::size_t r = 0; r < rows.rows.size(); ++r) kept.rows[r].push_back(rows.rows[r][c]);
  }
  return kept;
}

/// Prints the rows that belong to a study or training, then name, tags and the like.
void show_other(const analysis::Reader& reader, const ShowArguments& arguments, const Invocation& invocation) {
  const analysis::ResultTable row = row_of(reader, arguments);
  const bool is_study = arguments.kind == analysis::ResultKind::study;
  const std::vector<std::pair<std::string, std::string>> views =
      is_study ? std::vector<std::pair<
                     std::string,
                     std::string>>{{"v_sensitivity",
                                    "each nonideality alone, on otherwise ideal tiles: where accuracy falls to the threshold, and at equal error"},
                                   {"v_sensitivity_layer",
                                    "each layer alone: the score it loses as the only analog one, and wins as the only digital one"}}
               : std::vector<std::pair<std::string, std::string>>{{"epoch", "epochs, under the noise of training"},
                                                                  {"epoch_score", "scores of the states that epochs ended in"}};
  const std::string word = analysis::kind_word(arguments.kind);
  std::string text = fmt::format("{} {}\n", word, arguments.number);
  base::Json json;
  json[word] = row_json(row);
  for (const auto& [view, title] : views) {
    const analysis::ResultTable rows = reader.select(fmt::format("SELECT * FROM {} WHERE {} = ?", view, word), {arguments.number});
    if (!rows.rows.empty()) text += fmt::format("\n{}\n{}", title, rows_text(worth_reading(rows), RowFormat::table, units_of(reader, view)));
    json[view] = rows_json(rows);
  }
  text += "\n" + identity_text(row, row.columns);
  arguments.json ? print_json(invocation, std::nullopt, json) : print_text(text);
}

void show(const ShowArguments& arguments, const Invocation& invocation) {
  const analysis::Reader reader(arguments.db);
  if (arguments.design) {
    reader.require_run(arguments.number);
    constexpr int indent = 2;
    const analysis::Design design = analysis::design_of_run(reader.database(), arguments.number);
    return print_exactly(base::Json::parse(design.json(), design.name).dump(indent) + "\n");
  }
  arguments.kind == analysis::ResultKind::run ? show_run(reader, arguments, invocation) : show_other(reader, arguments, invocation);
}

Action read_show_line(Options& options) {
  ShowArguments arguments;
  std::string what;
  options.text("RUN", what, "number of a run in the database; study:N or training:N for a study or a training", "RUN");
  options.flag("--as-design", arguments.design, "print the whole design of the run as a file for --design");
  add_results(options, arguments.db);
  add_json(options, arguments.json);
  options.read();
  const std::size_t colon = what.find(':');
  const std::string kind = colon == std::string::npos ? "run" : what.substr(0, colon);
  if (kind != "run" && kind != "study" && kind != "training") usage(fmt::format("RUN {}: the number of a run, or study:N, or training:N", what));
  arguments.kind = kind == "run" ? analysis::ResultKind::run : kind == "study" ? analysis::ResultKind::study : analysis::ResultKind::training;
  arguments.number = parse_run("RUN", colon == std::string::npos ? what : what.substr(colon + 1));
  if (arguments.design && (arguments.kind != analysis::ResultKind::run || arguments.json))
    usage("--as-design prints the file of a run: it stands alone");
  return [arguments](const Invocation& invocation) { show(arguments, invocation); };
}

}  // namespace

Verb db_show_verb() {
  return {.name = "db show",
          .sentence = "print a stored run: its output, its identity, and the command that repeats it",
          .examples = {{"mho db show 3", "run 3"}, {"mho db show 3 --as-design > chip.yaml", "its chip as a design file"}},
          .read = read_show_line};
}

}  // namespace mho::cli
