#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <string>

#include "analysis/experiment/training_job.h"
#include "analysis/experiment/training_record.h"
#include "analysis/store/store.h"
#include "base/child_process.h"
#include "base/design_file/document.h"
#include "base/error.h"
#include "base/output_file.h"
#include "base/version.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/training_report.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

struct RetrainArguments {
  std::string network, out;
  std::optional<std::string> data, design, recipe;
  std::vector<std::string> set, layer;
  std::vector<std::string> recipe_set;  ///< "key=value"
  std::optional<int> threads;
  bool from_scratch = false, keep_checkpoint = false;
  std::optional<std::string> db, input_limit;
  LabelArguments label;
  bool json = false;
};

void print_notes(const analysis::TrainingInputs& inputs) {
  for (const std::string& note : inputs.recipe.without_effect) fmt::print(stderr, "mho: note: {}\n", note);
  if (inputs.data.test && inputs.data.test->hash() == inputs.data.training->hash()) {
    fmt::print(stderr, "mho: note: the training and the test split are the same samples; an accuracy on them says nothing of new ones\n");
  }
}

std::string signal_text(int number) {
  const char* name = sigabbrev_np(number);
  std::string text = name == nullptr ? "unknown" : fmt::format("SIG{}", name);
  if (number == SIGKILL) text += ", as by a system that has no memory left";
  return text;
}

/// Which file a name is, to tell a new one from the old.
struct FileMark {
  explicit FileMark(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return;
    inode = status.st_ino;
    changed = status.st_mtim;
  }
  [[nodiscard]] bool operator==(const FileMark& other) const {
    return inode == other.inode && changed.tv_sec == other.changed.tv_sec && changed.tv_nsec == other.changed.tv_nsec;
  }
  ino_t inode = 0;
  timespec changed{};
};

bool has_checkpoint(const std::string& out) {
  std::error_code error;
  return std::filesystem::exists(out + ".checkpoint", error);
}

std::string checkpoint_text(const std::string& out) {
  return has_checkpoint(out) ? fmt::format("{}.checkpoint holds the training so far, and the same command goes on with it", out)
                             : std::string("no epoch was finished, so there is no checkpoint");
}

/// How mho-train ended otherwise than with a trained network; empty: it has one.
std::optional<base::UserError> failure_of(int status, const std::string& told, const std::string& out) {
  if (status == static_cast<int>(base::ExitCode::interrupted)) {
    return base::UserError(has_checkpoint(out) ? "interrupted; " + checkpoint_text(out) : "interrupted before the first step; nothing was stored",
                           base::ExitCode::interrupted);
  }
  if (status == 0) return std::nullopt;
  if (!told.empty()) {
    const bool known = status >= static_cast<int>(base::ExitCode::usage) && status <= static_cast<int>(base::ExitCode::failed_check);
    return base::UserError(told, known ? static_cast<base::ExitCode>(status) : base::ExitCode::failed_check);
  }
  constexpr int signalled = 128;
  const std::string how = status > signalled ? fmt::format("was ended by signal {} ({})", status - signalled, signal_text(status - signalled))
                                             : fmt::format("ended with code {} without a word", status);
  return base::UserError(fmt::format("mho-train {}; {}", how, checkpoint_text(out)), base::ExitCode::failed_check);
}

struct TrainingOutcome {
  analysis::TrainingRecord record;
  bool has_begun = false;
  std::optional<base::UserError> failure;
};

/// One that the chip does not hold.
TrainingOutcome refused_training(const analysis::TrainingJob& job, const base::UserError& why) {
  TrainingOutcome outcome{.record = {}, .has_begun = false, .failure = why};
  outcome.record.job = job;
  outcome.record.end = analysis::TrainingEnd::failed;
  outcome.record.reason = why.what();
  outcome.record.exit_code = static_cast<int>(why.code());
  return outcome;
}

TrainingOutcome run_training(const std::string& program, const analysis::TrainingJob& job, const analysis::TrainingInputs& inputs) {
  try {
    analysis::require_chip(inputs);
  } catch (const base::UserError& error) {
    return refused_training(job, error);
  }
  print_notes(inputs);
  TrainingReport report(inputs.data.training->metric());
  const auto begin = std::chrono::steady_clock::now();
  const FileMark before(job.out);
  // Workers of OpenMP that wait without sleeping take the processor from everything beside them.
  const base::Environment environment{{"OMP_WAIT_POLICY", "passive"}};
  const int status = base::run_child(
      program, {job.json()}, [&](const std::string& line) { report.hear(line); }, environment);
  report.end();
  TrainingOutcome outcome{report.record(), report.has_begun(), failure_of(status, report.failure(), job.out)};
  outcome.record.job = job;
  outcome.record.wall_s += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (outcome.failure) {
    outcome.record.end = outcome.failure->code() == base::ExitCode::interrupted ? analysis::TrainingEnd::interrupted : analysis::TrainingEnd::failed;
    outcome.record.reason = outcome.failure->what();
    outcome.record.exit_code = static_cast<int>(outcome.failure->code());
    outcome.record.after.reset();
    outcome.record.kept_epoch = 0;
    return outcome;
  }
  if (FileMark(job.out) == before || !report.has_ended()) {
    throw base::UserError(fmt::format("mho-train says that it is done, but it has not written {}; the training is lost", job.out),
                          base::ExitCode::failed_check);
  }
  outcome.record.out_hash = base::content_hash(base::read_file(job.out));
  return outcome;
}

std::string next_command(const RetrainArguments& arguments) {
  std::string next = fmt::format("mho run {} --data {}", arguments.out, arguments.data.value_or(std::string(workloads::built_in_data)));
  if (arguments.design) next += " --design " + *arguments.design;
  for (const std::string& assignment : arguments.set) next += fmt::format(" --set '{}'", assignment);
  for (const std::string& rule : arguments.layer) next += fmt::format(" --layer '{}'", rule);
  if (arguments.db) next += " --db " + *arguments.db;
  return next;
}

/// Where mho-train is. Throws base::UserError that says how to build it.
std::string training_program() {
  std::string program = base::sibling_program("mho-train");
  if (!program.empty()) return program;
  throw base::UserError(
      "the program mho-train, which trains, is not beside mho: build it with `make mho-train` (the target mho-train of CMake; it needs libtorch, "
      "the package libtorch-dev)");
}

/// Trains a network with the tile model in its forward pass and writes it as ONNX.
void retrain(const RetrainArguments& arguments, const Invocation& invocation) {
  const std::string program = training_program();
  // Everything the user can have got wrong is read here, before libtorch is even loaded.
  const analysis::TrainingJob job{.network = arguments.network,
                                  .data = arguments.data,
                                  .design = arguments.design,
                                  .set = arguments.set,
                                  .layer = arguments.layer,
                                  .recipe = arguments.recipe,
                                  .recipe_set = arguments.recipe_set,
                                  .out = arguments.out,
                                  .threads = arguments.threads,
                                  .from_scratch = arguments.from_scratch,
                                  .keep_checkpoint = arguments.keep_checkpoint,
                                  .input_limit = input_limit(arguments.input_limit).bytes()};
  const std::optional<analysis::Store> store = arguments.db ? std::optional<analysis::Store>(*arguments.db) : std::nullopt;
  base::check_output(arguments.out, {arguments.network, arguments.data, arguments.design, arguments.recipe, arguments.db});
  base::check_output(arguments.out + ".checkpoint", {});
  const base::OutputLock alone(arguments.out);  // two trainings would share the checkpoint
  const analysis::TrainingInputs inputs = analysis::read_inputs(job, true);
  const TrainingOutcome outcome = run_training(program, job, inputs);
  const analysis::TrainingRecord& record = outcome.record;
  std::optional<analysis::Stored> stored;
  // A training that was refused is a row where there are rows already.
  std::error_code ignored;
  const bool refused =
      outcome.failure && outcome.failure->code() != base::ExitCode::interrupted && store && std::filesystem::exists(store->path(), ignored);
  if (store && (outcome.has_begun || !outcome.failure || refused))
    stored = store->keep(inputs, record, base::version(), invocation.command_line, label(arguments.label, inputs.files));
  if (outcome.failure) {
    if (stored && stored->id != 0 && outcome.has_begun)
      fmt::print(stderr, "mho: training {} in {} holds the epochs so far\n", stored->id, stored->path);
    throw base::UserError(*outcome.failure);
  }
  if (arguments.json) {
    std::optional<std::int64_t> id;
    if (stored) id = stored->id;
    print_json(invocation, inputs.recipe.seed, training_json(inputs, record, id));
  } else {
    print_text(training_summary(inputs, record) + (stored && stored->id != 0 ? fmt::format("  training {} in {}\n", stored->id, stored->path) : ""));
  }
  if (stored) stored->check();
  if (const std::string why = analysis::ruin(inputs, record); !why.empty()) {
    throw base::UserError(fmt::format("the trained network {} ({} is written all the same); lower optimiser.rate or noise.scale, or give "
                                      "optimiser.gradient_limit a number such as 1",
                                      why, arguments.out),
                          base::ExitCode::failed_check);
  }
  // To be copied: not divided.
  if (!arguments.json) fmt::print("  next: {}\n", next_command(arguments));
}

Action read_retrain_line(Options& options) {
  RetrainArguments arguments;
  options.file("NETWORK", arguments.network, "trained network, ONNX");
  add_data(options, arguments.data, ", with a training split");
  add_design(options, arguments.design);
  add_set(options, arguments.set);
  add_layer(options, arguments.layer);
  options.file("--recipe", arguments.recipe, "how to train, YAML; without it the defaults for the kind of network");
  options.list("--recipe-set", arguments.recipe_set, "one key of the recipe; may be repeated, the last one counts", "KEY=VALUE");
  options.flag("--from-scratch", arguments.from_scratch, "begin with random weights instead of the network's");
  options.output("--out", arguments.out, "retrained network, ONNX; beside it, until the end, its checkpoint", "ONNX");
  options.flag("--keep-checkpoint", arguments.keep_checkpoint, "leave the checkpoint at the end; the same command with more epochs goes on with it");
  constexpr int most_threads = 1024;
  options.whole("--threads", arguments.threads, "threads; another number gives other roundings", "N (all; recurrent networks: 1)", 1, most_threads);
  options.output("--db", arguments.db, "database of results; the course of the training is stored in it, created if missing", "a database");
  add_label(options, arguments.label);
  add_json(options, arguments.json);
  add_input_limit(options, arguments.input_limit);
  options.read();
  check(arguments.label);
  if (!arguments.db && (arguments.label.name || !arguments.label.tags.empty() || arguments.label.keep_inputs)) {
    usage("--name, --tag and --keep-inputs are of what is stored: give --db too");
  }
  return [arguments](const Invocation& invocation) { retrain(arguments, invocation); };
}

}  // namespace

Verb retrain_verb() {
  return {.name = "retrain",
          .sentence = "train a network with the tiles of a chip in its forward pass",
          .examples = {{"mho retrain net.onnx --data data.yaml --out net_hwa.onnx", "train it with the chip in the loop"}},
          .read = read_retrain_line};
}

}  // namespace mho::cli
