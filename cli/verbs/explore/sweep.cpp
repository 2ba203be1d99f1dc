#include "analysis/explore/sweep/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "analysis/explore/task_file.h"
#include "base/child_process.h"
#include "base/error.h"
#include "base/output_file.h"
#include "base/version.h"
#include "cli/common_options.h"
#include "cli/embedded.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/training/training_run.h"
#include "cli/verbs.h"
#include "cli/verbs/explore/reasons_text.h"

namespace mho::cli {

namespace {

struct SweepArguments {
  std::optional<std::string> what;  ///< SWEEP.yaml, or a network
  std::optional<std::string> data, design;
  std::vector<std::string> vary, constraint, set, layer, scalar;
  std::optional<std::string> sampling, times, fidelity, front, shard, retrain_for;
  std::optional<std::uint64_t> sampling_seed, seed;
  std::optional<int> repeats;
  std::optional<std::size_t> samples;
  bool accuracy = false;
  int jobs = 1;
  bool no_cache = false;
  SequenceArguments sequence;
  LabelArguments label;
  std::string db = "results.db";
  bool json = false;
};

analysis::Shard parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) usage(fmt::format("--shard {}: write which of how many parts, such as 3/64", text));
  constexpr std::int64_t most_shards = 1'000'000;
  analysis::Shard shard;
  shard.count = parse_whole("--shard", text.substr(slash + 1), 1, most_shards);
  shard.number = parse_whole("--shard", text.substr(0, slash), 1, most_shards);
  if (shard.number > shard.count) usage(fmt::format("--shard {}: parts are numbered from 1 to {}", text, shard.count));
  return shard;
}

analysis::SweepRequest request_of(const SweepArguments& arguments) {
  analysis::SweepRequest request;
  analysis::EvaluationTask& task = request.task;
  if (arguments.what && analysis::is_task_file(*arguments.what)) {
    analysis::read_sweep_file(request, *arguments.what);
  } else if (arguments.what) {
    task.network = arguments.what;
  }
  if (arguments.data) task.data = arguments.data;
  if (arguments.design) task.design = arguments.design;
  task.set.insert(task.set.end(), arguments.set.begin(), arguments.set.end());
  task.layer.insert(task.layer.end(), arguments.layer.begin(), arguments.layer.end());
  task.scalar.insert(task.scalar.end(), arguments.scalar.begin(), arguments.scalar.end());
  if (arguments.accuracy) task.accuracy = true;
  if (arguments.fidelity) task.fidelity = *arguments.fidelity == "estimate" ? analysis::Fidelity::estimate : analysis::Fidelity::simulate;
  if (arguments.times) task.times_s = parse_times(*arguments.times);
  if (task.accuracy && task.times_s.empty()) task.times_s = parse_times(usual_times);
  if (arguments.repeats) task.repeats = *arguments.repeats;
  if (arguments.samples) task.samples = arguments.samples;
  if (arguments.seed) task.seed = *arguments.seed;
  if (arguments.sequence.mode) task.mode = inference_mode(arguments.sequence);
  for (const std::string& text : arguments.vary) analysis::add_variation(request, text);
  request.constraints.insert(request.constraints.end(), arguments.constraint.begin(), arguments.constraint.end());
  if (arguments.retrain_for) request.retrains_each = *arguments.retrain_for == "each";
  if (arguments.sampling) analysis::set_sampling(request, *arguments.sampling);
  if (arguments.sampling_seed) request.sampling_seed = *arguments.sampling_seed;
  const bool varies_data = std::ranges::any_of(request.axes, [](const analysis::AxisGroup& group) {
    return std::ranges::find(group, std::string("data"), &analysis::SweepAxis::name) != group.end();
  });
  if (task.accuracy && !varies_data) check_pair("sweep", task.network, task.data);
  return request;
}

std::string figure_text(const std::string& name, double value) {
  const std::string plain = name.substr(0, name.find('@'));
  if (plain.ends_with("_s")) return base::format_si(value, plain == "throughput_per_s" ? "/s" : "s");
  if (plain.ends_with("_j")) return base::format_si(value, "J");
  if (plain.ends_with("_w")) return base::format_si(value, "W");
  if (plain.ends_with("_mm2")) return fmt::format("{:.4g} mm2", value);
  return fmt::format("{:.4g}", value);
}

std::string text_of(const analysis::SweepOutcome& outcome, const SweepArguments& arguments) {
  std::string text = fmt::format("{} points", outcome.points);
  if (outcome.spanned != outcome.points) text += fmt::format(" of {} that the axes span", outcome.spanned);
  if (outcome.of_shard != outcome.points) text += fmt::format(", {} in this shard", outcome.of_shard);
  text += fmt::format("; {} evaluated now, {} there already, {} refused, in {:.1f} s\n", outcome.evaluated, outcome.found, outcome.refused,
                      outcome.wall_s);
  if (outcome.trained > 0)
    text += fmt::format("  {} network{} retrained, kept in {}.networks\n", outcome.trained, outcome.trained == 1 ? " was" : "s were", arguments.db);
  for (const auto& [constraint, count] : outcome.excluded) text += fmt::format("  {} excludes {}\n", constraint, count);
  text += reasons_text({outcome.reasons.begin(), outcome.reasons.end()}, [](std::size_t count) { return fmt::format("  refused {}", count); });
  if (outcome.deaths > 0)
    text += fmt::format("  {} worker{} died and {} replaced\n", outcome.deaths, outcome.deaths == 1 ? "" : "s", outcome.deaths == 1 ? "was" : "were");
  if (outcome.members.empty()) return text + fmt::format("no point has both {} and {}\n", outcome.front.x(), outcome.front.y());
  constexpr std::size_t most_rows = 20;
  text += fmt::format("\nbest in {} and {}{}\n", outcome.front.x(), outcome.front.y(),
                      outcome.members.size() > most_rows ? fmt::format(", {} of {}", most_rows, outcome.members.size()) : "");
  std::vector<std::string> head{"run"};
  for (const auto& [name, value] : std::get<base::Json::Object>(outcome.members.front().settings.value())) head.push_back(name);
  head.push_back(outcome.front.x());
  head.push_back(outcome.front.y());
  Table table(std::vector<Table::Align>(head.size(), Table::Align::right));
  table.add(head);
  const std::size_t rows = std::min(most_rows, outcome.members.size());
  for (std::size_t i = 0; i < rows; ++i) {
    const auto& member = outcome.members[rows == 1 ? 0 : i * (outcome.members.size() - 1) / (rows - 1)];
    std::vector<std::string> row{std::to_string(member.evaluation.run)};
    for (std::size_t c = 1; c + 2 < head.size(); ++c) {
      const base::Json* value = member.settings.find(head[c]);
      row.push_back(value == nullptr ? "-" : std::get<std::string>(value->value()));
    }
    for (const std::string& name : {outcome.front.x(), outcome.front.y()}) row.push_back(figure_text(name, member.evaluation.figures.at(name)));
    table.add(row);
  }
  return text + table.text() +
         fmt::format("\nin {}; all points: mho db query \"SELECT * FROM v_point WHERE exploration = '{}'\"\n", arguments.db, outcome.exploration);
}

base::Json json_of(const analysis::SweepOutcome& outcome) {
  base::Json json;
  json["exploration"] = outcome.exploration;
  json["spanned"] = outcome.spanned;
  json["points"] = outcome.points;
  json["of_shard"] = outcome.of_shard;
  json["evaluated"] = outcome.evaluated;
  json["found"] = outcome.found;
  json["refused"] = outcome.refused;
  json["trained"] = outcome.trained;
  json["deaths"] = outcome.deaths;
  json["wall_s"] = outcome.wall_s;
  base::Json::Array excluded, reasons, front;
  for (const auto& [constraint, count] : outcome.excluded) {
    base::Json one;
    one["constraint"] = constraint;
    one["points"] = count;
    excluded.push_back(one);
  }
  for (const auto& [reason, count] : outcome.reasons) {
    base::Json one;
    one["reason"] = reason;
    one["points"] = count;
    reasons.push_back(one);
  }
  for (const auto& member : outcome.members) {
    base::Json one, figures;
    one["number"] = member.number;
    one["run_id"] = member.evaluation.run;
    one["settings"] = member.settings;
    for (const auto& [name, value] : member.evaluation.figures) figures[name] = value;
    one["figures"] = figures;
    front.push_back(one);
  }
  json["excluded"] = excluded;
  json["reasons"] = reasons;
  json["front_x"] = outcome.front.x();
  json["front_y"] = outcome.front.y();
  json["front"] = front;
  return json;
}

/// Trains a network for points of a sweep, and stores the training in the same database, as `mho retrain` does.
void train(const std::string& program, const analysis::TrainingJob& job, const analysis::TrainingInputs& inputs, const SweepArguments& arguments,
           const Invocation& invocation) {
  const base::OutputLock alone(job.out);
  const TrainingOutcome outcome = run_training(program, job, inputs);
  if (outcome.has_begun || !outcome.failure) {
    const analysis::Store store(arguments.db);
    store.keep(inputs, outcome.record, base::version(), invocation.command_line, label(arguments.label, inputs.files)).check();
  }
  if (outcome.failure) throw base::UserError(*outcome.failure);
  if (const std::string why = analysis::ruin(inputs, outcome.record); !why.empty())
    print_warnings({fmt::format("the retrained network {} {}; its points are evaluated all the same", job.out, why)});
}

void sweep(const SweepArguments& arguments, const Invocation& invocation) {
  const analysis::SweepRequest request = request_of(arguments);
  analysis::SweepSettings settings{.database = arguments.db,
                                   .command = invocation.command_line,
                                   .label = label(arguments.label, {}),
                                   .jobs = arguments.jobs,
                                   .cache = !arguments.no_cache,
                                   .program = base::main_program(),
                                   .built_in_network = default_network_bytes()};
  if (arguments.shard) settings.shard = parse_shard(*arguments.shard);
  if (arguments.front) {
    const std::vector<std::string> names = analysis::parts_of(*arguments.front, ',');
    if (names.size() != 2)
      usage(fmt::format("--front {}: two figures with a comma between, such as area_mm2,energy_per_inference_j", *arguments.front));
    settings.front_x = names[0];
    settings.front_y = names[1];
  }
  settings.trainer = [&] {
    return [&, program = training_program()](const analysis::TrainingJob& job, const analysis::TrainingInputs& inputs) {
      train(program, job, inputs, arguments, invocation);
    };
  };
  settings.say = [](const std::string& text) { print_warnings({text}); };
  const analysis::SweepOutcome outcome = analysis::run_sweep(request, settings);
  if (arguments.json) return print_json(invocation, request.task.seed, json_of(outcome));
  print_text(text_of(outcome, arguments));
}

Action read_sweep_line(Options& options) {
  SweepArguments arguments;
  arguments.jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  options.file("WHAT", arguments.what, "a trained network, ONNX, or SWEEP.yaml; without it the built-in network");
  options.list("--vary", arguments.vary,
               "an axis and its values: a key of the design, or network, data, design, layer, times, recipe or recipe.KEY; may be repeated",
               "KEY=4..8 | KEY=4,6,8");
  options.list("--constraint", arguments.constraint, "condition of SQL on keys of the design that points must fulfil; may be repeated", "CONDITION");
  options.text("--sampling", arguments.sampling, "every combination of values (grid), or N random points (random:N, latin:N)", "HOW (grid)");
  options.whole("--sampling-seed", arguments.sampling_seed, "seed of random points", "N (1)", 0);
  options.flag("--accuracy", arguments.accuracy, "evaluate the accuracy of every point too");
  add_data(options, arguments.data, "; without --accuracy its samples set the power of the inputs");
  add_design(options, arguments.design);
  add_set(options, arguments.set);
  add_layer(options, arguments.layer);
  add_scalar(options, arguments.scalar);
  options.text("--times", arguments.times, "ages of the chip to evaluate; in increasing order", fmt::format("LIST ({})", usual_times));
  options.also("--time", "--times");
  options.whole("--repeats", arguments.repeats, "number of programming instances", "N (10)", 1, most);
  options.whole("--samples", arguments.samples, "number of test samples to score; without it all", "N", 1);
  options.word("--fidelity", arguments.fidelity, {"simulate", "estimate"},
               "simulate the chip cycle by cycle, or estimate its times position by position", "HOW (estimate)");
  add_sequence(options, arguments.sequence);
  constexpr int most_jobs = 1024;
  options.whole("--jobs", arguments.jobs, "number of points at the same time, each in a process of one thread", "N (all)", 1, most_jobs);
  options.word("--retrain-for", arguments.retrain_for, {"base", "each"},
               "chip for which networks of the axes recipe and recipe.KEY are retrained: the base of all points, or the chip of each point",
               "CHIP (base)");
  options.text("--shard", arguments.shard, "compute one of several parts, each with its own database: mho db merge combines them", "K/N");
  options.text("--front", arguments.front, "figures of the front to show", "X,Y");
  add_no_cache(options, arguments.no_cache);
  options.whole("--seed", arguments.seed, "seed of all random draws", "N (1)", 0);
  add_database(options, arguments.db, "points");
  add_label(options, arguments.label);
  add_json(options, arguments.json);
  options.read();
  check(arguments.sequence);
  check(arguments.label);
  return [arguments](const Invocation& invocation) { sweep(arguments, invocation); };
}

}  // namespace

Verb sweep_verb() {
  return {.name = "sweep",
          .sentence = "evaluate many designs and show the best; each design is a run in the database",
          .examples = {{"mho sweep --vary tile.adc.bits=4..8 --vary chip.mesh.width=6,8", "every combination, estimated"},
                       {"mho sweep SWEEP.yaml --jobs 2", "a sweep from a file; the same command continues it after an interruption"},
                       {"mho sweep SWEEP.yaml --shard 3/64 --db part3.db", "a part of it, on one of many machines"}},
          .read = read_sweep_line};
}

}  // namespace mho::cli
