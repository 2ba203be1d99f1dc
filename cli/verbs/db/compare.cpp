#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "analysis/query/comparison.h"
#include "analysis/query/explanation.h"
#include "base/index.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "cli/verbs/db/by_key.h"
#include "cli/verbs/db/format.h"

namespace mho::cli {

namespace {

using enum Table::Align;

struct CompareArguments {
  std::vector<std::int64_t> runs;
  std::string db = "results.db";
  bool explains = false, by_key = false, json = false;
};

std::string title(const analysis::Reader& reader, std::int64_t run) {
  const auto row = reader.select("SELECT name, network FROM v_run WHERE run = ?", {run}).rows.at(0);
  return fmt::format("run {}: {}, {}", run, raw_text(row[0]), raw_text(row[1]));
}

std::string run_name(std::int64_t run) { return fmt::format("run {}", run); }

std::string asked_text(const analysis::RunComparison& comparison) {
  if (comparison.asked.empty()) return "asked for the same\n";
  Table table({left, right, right, left});
  table.add({"asked for", run_name(comparison.first), run_name(comparison.second), ""});
  for (const analysis::AskedDifference& one : comparison.asked) {
    const auto text = [](const analysis::Cell& cell) { return analysis::is_null(cell) ? std::string("-") : raw_text(cell); };
    table.add({one.what, text(one.first), text(one.second), one.unit});
  }
  return table.text();
}

std::string figures_text(const analysis::RunComparison& comparison) {
  if (comparison.figures.empty()) return "";
  Table table({left, right, right, right, right, right});
  table.add({"result", run_name(comparison.first), run_name(comparison.second), "ratio", "90 % of chips", "the second is better"});
  for (const analysis::FigureDifference& one : comparison.figures) {
    table.add({one.figure, people_text(one.first, one.unit), people_text(one.second, one.unit), fmt::format("{:.4g}", one.ratio),
               one.ratio_low ? fmt::format("{:.3g} to {:.3g}", *one.ratio_low, *one.ratio_high) : "-",
               one.better ? fmt::format("{:.0f} %", base::percent * *one.better) : "-"});
  }
  return "\n" + table.text();
}

std::string accuracies_text(const analysis::RunComparison& comparison) {
  if (comparison.accuracies.empty()) return "";
  Table table({left, right, right, right, right, right, left});
  table.add({"accuracy after", run_name(comparison.first), run_name(comparison.second), "difference", "95 % interval", "p", ""});
  for (const analysis::AccuracyDifference& one : comparison.accuracies) {
    const auto metric = workloads::metric_of(one.metric);
    const auto difference = [&](double value) {
      return workloads::is_share(metric) ? fmt::format("{:+.2f} %", base::percent * value) : fmt::format("{:+.3g}", value);
    };
    table.add({time_text(one.time_s), metric_text(metric, one.first), metric_text(metric, one.second), difference(one.difference),
               one.low ? fmt::format("{} to {}", difference(*one.low), difference(*one.high)) : "-",
               one.probability ? fmt::format("{:.2g}", *one.probability) : "-",
               fmt::format("{}{}", one.paired ? "paired" : "not paired",
                           !one.low        ? ""
                           : one.decided() ? ", decided"
                                           : ", undecided")});
  }
  return "\n" + table.text();
}

std::string split_text(const analysis::Split& split, std::int64_t first, std::int64_t second) {
  Table table({left, right, right, right, right});
  table.add({fmt::format("{}, by {}", split.figure, split.by), run_name(first), run_name(second), "difference", "of all"});
  const double all = split.second - split.first;
  constexpr double worth_showing = 5e-4;  // of the larger total
  double left_out = 0;
  for (const analysis::Share& share : split.shares) {
    if (std::abs(share.difference()) < worth_showing * std::max(std::abs(split.first), std::abs(split.second))) {
      left_out += share.difference();
      continue;
    }
    table.add({share.part, people_text(share.first, split.unit), people_text(share.second, split.unit), people_text(share.difference(), split.unit),
               all == 0 ? "-" : fmt::format("{:.1f} %", base::percent * share.difference() / all)});
  }
  if (left_out != 0) table.add({"all others", "", "", people_text(left_out, split.unit), ""});
  table.add(
      {"total", people_text(split.first, split.unit), people_text(split.second, split.unit), people_text(all, split.unit), all == 0 ? "-" : "100 %"});
  return "\n" + table.text();
}

base::Json optional_json(const std::optional<double>& value) { return value ? base::Json(*value) : base::Json(); }

base::Json to_json(const analysis::RunComparison& comparison) {
  base::Json json;
  json["first"] = comparison.first;
  json["second"] = comparison.second;
  base::Json::Array asked, figures, accuracies;
  for (const analysis::AskedDifference& one : comparison.asked) {
    base::Json each;
    each["what"] = one.what;
    each["first"] = cell_json(one.first);
    each["second"] = cell_json(one.second);
    each["unit"] = one.unit;
    asked.push_back(each);
  }
  for (const analysis::FigureDifference& one : comparison.figures) {
    base::Json each;
    each["figure"] = one.figure;
    each["unit"] = one.unit;
    each["first"] = one.first;
    each["second"] = one.second;
    each["ratio"] = one.ratio;
    each["ratio_low"] = optional_json(one.ratio_low);
    each["ratio_high"] = optional_json(one.ratio_high);
    each["probability_second_is_better"] = optional_json(one.better);
    figures.push_back(each);
  }
  for (const analysis::AccuracyDifference& one : comparison.accuracies) {
    base::Json each;
    each["time_s"] = one.time_s;
    each["metric"] = one.metric;
    each["first"] = one.first;
    each["second"] = one.second;
    each["difference"] = one.difference;
    each["paired"] = one.paired;
    each["sem"] = optional_json(one.sem);
    each["low"] = optional_json(one.low);
    each["high"] = optional_json(one.high);
    each["p"] = optional_json(one.probability);
    accuracies.push_back(each);
  }
  json["asked"] = asked;
  json["figures"] = figures;
  json["accuracies"] = accuracies;
  json["notes"] = base::Json::Array(comparison.notes.begin(), comparison.notes.end());
  return json;
}

base::Json to_json(const analysis::Split& split) {
  base::Json json;
  json["figure"] = split.figure;
  json["unit"] = split.unit;
  json["by"] = split.by;
  json["first"] = split.first;
  json["second"] = split.second;
  base::Json::Array shares;
  for (const analysis::Share& share : split.shares) {
    base::Json one;
    one["part"] = share.part;
    one["first"] = share.first;
    one["second"] = share.second;
    one["difference"] = share.difference();
    shares.push_back(one);
  }
  json["shares"] = shares;
  return json;
}

void compare(const CompareArguments& arguments, const Invocation& invocation) {
  std::string text;
  base::Json::Array list;
  for (std::size_t i = 1; i < arguments.runs.size(); ++i) {
    const std::int64_t first = arguments.runs.front(), second = arguments.runs[i];
    std::vector<KeyEffect> effects;
    if (arguments.by_key) effects = by_key(arguments.db, first, second);
    const analysis::Reader reader(arguments.db);
    const analysis::RunComparison comparison = analysis::compare_runs(reader, first, second);
    base::Json json = to_json(comparison);
    text += fmt::format("{}{}\n{}\n\n{}{}{}", i > 1 ? "\n" : "", title(reader, first), title(reader, second), asked_text(comparison),
                        figures_text(comparison), accuracies_text(comparison));
    for (const std::string& note : comparison.notes) text += fmt::format("note: {}\n", note);
    if (arguments.explains) {
      base::Json::Array splits;
      for (const analysis::Split& split : analysis::explain(reader, first, second)) {
        text += split_text(split, first, second);
        splits.push_back(to_json(split));
      }
      json["splits"] = splits;
    }
    if (arguments.by_key) {
      text += "\n" + effects_text(effects, raw_text(reader.value("SELECT metric FROM v_run WHERE run = ?", {first})));
      json["by_key"] = effects_json(effects);
    }
    list.push_back(json);
  }
  if (!arguments.json) return print_text(text);
  base::Json json;
  json["comparisons"] = list;
  print_json(invocation, std::nullopt, json);
}

Action read_compare_line(Options& options) {
  CompareArguments arguments;
  std::vector<std::string> runs;
  options.several("RUNS", runs, "numbers of runs; each run is compared with the first", "RUN RUN ...", 2);
  options.flag("--explain", arguments.explains,
               "split the differences of energy, area, latency and interval by components, layers, causes and shares of time");
  options.flag("--by-key", arguments.by_key,
               "with --explain: change one key at a time in additional runs, which are stored and used again, and print the effect of each key");
  add_results(options, arguments.db);
  add_json(options, arguments.json);
  options.read();
  for (const std::string& run : runs) arguments.runs.push_back(parse_run("RUN", run));
  if (arguments.by_key && !arguments.explains) usage("--by-key explains a difference: give --explain too");
  return [arguments](const Invocation& invocation) { compare(arguments, invocation); };
}

}  // namespace

Verb db_compare_verb() {
  return {.name = "db compare",
          .sentence = "compare runs: the differences of their settings, and those of their results",
          .examples = {{"mho db compare 1 2", "what differs between these two?"},
                       {"mho db compare 1 2 --explain", "why is the second worse?"},
                       {"mho db compare 1 2 --explain --by-key", "which of its keys causes this?"}},
          .read = read_compare_line};
}

}  // namespace mho::cli
