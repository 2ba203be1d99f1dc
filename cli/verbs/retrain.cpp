#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "analysis/experiment/training_job.h"
#include "analysis/experiment/training_record.h"
#include "analysis/store/store.h"
#include "base/error.h"
#include "base/output_file.h"
#include "base/version.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/training/training_report.h"
#include "cli/training/training_run.h"
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

std::string next_command(const RetrainArguments& arguments) {
  std::string next = fmt::format("mho run {} --data {}", arguments.out, arguments.data.value_or(std::string(workloads::built_in_data)));
  if (arguments.design) next += " --design " + *arguments.design;
  for (const std::string& assignment : arguments.set) next += fmt::format(" --set '{}'", assignment);
  for (const std::string& rule : arguments.layer) next += fmt::format(" --layer '{}'", rule);
  if (arguments.db) next += " --db " + *arguments.db;
  return next;
}

/// Trains a network with the tile model in its forward pass and writes it as ONNX.
void retrain(const RetrainArguments& arguments, const Invocation& invocation) {
  const std::string program = training_program();
  // All inputs of the user are checked here, before libtorch is loaded.
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
  const base::OutputLock alone(arguments.out);  // prevents two trainings from using one checkpoint
  const analysis::TrainingInputs inputs = analysis::read_inputs(job, true);
  const TrainingOutcome outcome = run_training(program, job, inputs);
  const analysis::TrainingRecord& record = outcome.record;
  std::optional<analysis::Stored> stored;
  // A refused training is stored as a row if the database exists.
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
  // The line is not broken, so that it can be copied.
  if (!arguments.json) fmt::print("  next: {}\n", next_command(arguments));
}

Action read_retrain_line(Options& options) {
  RetrainArguments arguments;
  options.file("NETWORK", arguments.network, "trained network, ONNX");
  add_data(options, arguments.data, ", with a training split");
  add_design(options, arguments.design);
  add_set(options, arguments.set);
  add_layer(options, arguments.layer);
  options.file("--recipe", arguments.recipe, "training recipe, YAML; without it the defaults for the kind of network");
  options.list("--recipe-set", arguments.recipe_set, "set one key of the recipe; may be repeated, the last value counts", "KEY=VALUE");
  options.flag("--from-scratch", arguments.from_scratch, "start from random weights instead of those of the network");
  options.output("--out", arguments.out, "retrained network, ONNX; its checkpoint lies beside it until the training ends", "ONNX");
  options.flag("--keep-checkpoint", arguments.keep_checkpoint, "keep the checkpoint at the end; the same command with more epochs continues from it");
  constexpr int most_threads = 1024;
  options.whole("--threads", arguments.threads, "number of threads; another number changes rounding", "N (all; recurrent networks: 1)", 1,
                most_threads);
  options.output("--db", arguments.db, "database of results; stores the course of the training, created if missing", "a database");
  add_label(options, arguments.label);
  add_json(options, arguments.json);
  add_input_limit(options, arguments.input_limit);
  options.read();
  check(arguments.label);
  if (!arguments.db && (arguments.label.name || !arguments.label.tags.empty() || arguments.label.keep_inputs)) {
    usage("--name, --tag and --keep-inputs belong to a stored result: give --db too");
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
