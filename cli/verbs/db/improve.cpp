#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "analysis/experiment/improvement.h"
#include "analysis/query/stored_run.h"
#include "analysis/store/store.h"
#include "base/error.h"
#include "base/progress.h"
#include "cli/common_options.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "cli/verbs/db/format.h"
#include "cli/verbs/db/replay.h"
#include "cli/verbs/map_tables.h"
#include "cli/verbs/network_file.h"

namespace mho::cli {

namespace {

using analysis::ImprovementStep;

struct ImproveArguments {
  std::int64_t run = 0;
  std::string db = "results.db";
  bool json = false;
};

/// A breakdown of a run's time, energy or area, with the largest parts first.
struct Taken {
  std::string title, view, columns, order;
};

/// The breakdowns, with the views that hold them.
const std::vector<Taken>& taken() {
  static const std::vector<Taken> all{
      {"no interval is shorter than", "v_bound", "what, place, seconds, percent", "seconds DESC"},
      {"latency, one inference alone", "v_layer_time", "name, latency_s, latency_percent, latency_working_s, latency_waiting_s", "latency_s DESC"},
      {"energy per inference", "v_energy", "block, joule, percent", "joule DESC"},
      {"area", "v_component", "component, count, mm2, area_percent", "mm2 DESC"},
  };
  return all;
}

/// The first few rows of a breakdown.
analysis::ResultTable largest(const analysis::Reader& reader, const Taken& part, std::int64_t run) {
  constexpr int shown = 5;
  return reader.select(fmt::format("SELECT {} FROM {} WHERE run = ? ORDER BY {} LIMIT {}", part.columns, part.view, part.order, shown), {run});
}

/// Network and options of a stored run, read from its command line.
LineNetwork network_of(const Replay& replay, const std::string& db) {
  std::vector<std::string> words{"mho", replay.verb, "--db", db};
  words.insert(words.end(), replay.arguments.begin(), replay.arguments.end());
  std::vector<const char*> line;
  line.reserve(words.size());
  for (const std::string& word : words) line.push_back(word.c_str());
  Options options(static_cast<int>(line.size()), line.data(), {replay.verb, ""}, "");
  return replay.verb == "run" ? network_of_run(options) : network_of_simulate(options);
}

/// The stored steps of a run, or new estimates, which are then stored. Empty if the estimate does not support the chip; `why` is the reason.
std::vector<ImprovementStep> marginal(const ImproveArguments& arguments, std::string& why) {
  std::optional<Replay> replay;
  const TemporaryFolder folder;
  {
    const analysis::Reader reader(arguments.db);
    std::vector<ImprovementStep> stored = analysis::stored_marginal(reader, arguments.run);
    if (!stored.empty()) return stored;
    replay = replay_of(reader, analysis::ResultKind::run, arguments.run, folder);
  }
  const analysis::Store store(arguments.db);
  const LineNetwork line = network_of(*replay, arguments.db);
  const workloads::Network network = read_network_file(line.file, true).second;
  std::optional<base::Progress> progress;
  try {
    std::vector<ImprovementStep> steps =
        analysis::marginal_values(replay->design, network, inference_mode(line.sequence), [&](const ImprovementStep& step, std::size_t all) {
          if (!progress) progress.emplace("estimates", all);
          progress->note(step.resource);
          progress->advance();
        });
    store.add_marginal(arguments.run, steps);
    return steps;
  } catch (const base::UserError& error) {
    if (error.code() != base::ExitCode::usage && error.code() != base::ExitCode::does_not_fit) throw;
    why = error.what();
    return {};
  }
}

/// The step with the largest gain for its area; null if no step is worthwhile.
const ImprovementStep* best_of(std::span<const ImprovementStep> steps) {
  const ImprovementStep* best = nullptr;
  for (const ImprovementStep& step : steps.subspan(1)) {
    if (analysis::gain(steps.front(), step) > (best == nullptr ? 0 : analysis::gain(steps.front(), *best))) best = &step;
  }
  return best;
}

std::string advice(std::span<const ImprovementStep> steps) {
  const ImprovementStep& now = steps.front();
  const auto change = [](double then, double before) { return fmt::format("{:.1f} %", 100 * std::abs(then / before - 1)); };
  const ImprovementStep* const best = best_of(steps);
  if (best == nullptr) {
    return fmt::format("none of these shortens the interval of {} by 1 %: it is set by {}\n", people_text(now.interval_s, "s"), now.bound);
  }
  return fmt::format("worth most for its area: {}, an interval shorter by {} for {} more area; then it is set by {}\n", best->resource,
                     change(best->interval_s, now.interval_s), change(best->square_metre, now.square_metre), best->bound);
}

void require_figures(const analysis::Reader& reader, std::int64_t run) {
  reader.require_run(run);
  const analysis::Cell reason = reader.value("SELECT reason FROM run WHERE id = ?", {run});
  if (analysis::is_null(reason)) return;
  throw base::UserError(fmt::format("run {} was refused, so there is nothing to improve: {}", run, raw_text(reason)));
}

void improve(const ImproveArguments& arguments, const Invocation& invocation) {
  std::string text;
  base::Json json;
  {
    const analysis::Reader reader(arguments.db);
    require_figures(reader, arguments.run);
    const auto row = reader.select("SELECT name, network, bottleneck FROM v_run WHERE run = ?", {arguments.run}).rows.at(0);
    text = fmt::format("run {}: {}, {}\nbottleneck: {}\n", arguments.run, raw_text(row[0]), raw_text(row[1]), raw_text(row[2]));
    json["run_id"] = arguments.run;
    json["bottleneck"] = raw_text(row[2]);
    for (const Taken& part : taken()) {
      const analysis::ResultTable rows = largest(reader, part, arguments.run);
      if (!rows.rows.empty()) text += fmt::format("\n{}\n{}", part.title, rows_text(rows, RowFormat::table, units_of(reader, part.view)));
      json[part.view] = rows_json(rows);
    }
  }
  std::string why;
  const std::vector<ImprovementStep> steps = marginal(arguments, why);
  base::Json::Array list;
  for (const ImprovementStep& step : steps) list.push_back(step_json(step));
  json["marginal"] = list;
  json["note"] = why.empty() ? base::Json() : base::Json(why);
  if (arguments.json) return print_json(invocation, std::nullopt, json);
  if (steps.empty()) {
    text += fmt::format("\nwhat more of a resource would bring is not known: {}\n", why);
  } else {
    text += fmt::format("\nwhat more of a resource would bring, each alone, estimated with every input at full scale\n{}{}",
                        choices_text(steps.front(), std::span(steps).subspan(1)), advice(steps));
  }
  print_text(text);
}

Action read_improve_line(Options& options) {
  ImproveArguments arguments;
  std::string run;
  options.text("RUN", run, "number of a run in the database; of mho run or mho simulate", "RUN");
  add_results(options, arguments.db);
  add_json(options, arguments.json);
  options.read();
  arguments.run = parse_run("RUN", run);
  return [arguments](const Invocation& invocation) { improve(arguments, invocation); };
}

}  // namespace

Verb db_improve_verb() {
  return {.name = "db improve",
          .sentence = "find the part of a chip that is worth improving: the use of time, energy and area, and the gain from more of each resource",
          .examples = {{"mho db improve 3", "which part should I improve?"}},
          .read = read_improve_line};
}

}  // namespace mho::cli
