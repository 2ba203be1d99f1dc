#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include "analysis/experiment/training_job.h"
#include "analysis/experiment/training_record.h"
#include "analysis/store/store.h"
#include "base/child_process.h"
#include "base/design_file/document.h"
#include "base/error.h"
#include "base/json.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "base/version.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/summary.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

struct RetrainArguments {
  std::string network, out;
  std::optional<std::string> data, design, recipe;
  std::vector<std::string> set, layer;
  std::vector<std::string> recipe_set;  ///< "key=value"
  int threads = 1;
  bool from_scratch = false;
  std::optional<std::string> db, input_limit;
  LabelArguments label;
  bool json = false;
};

double real(const base::Json& json, const char* key) {
  const base::Json* found = json.find(key);
  if (found == nullptr) throw base::UserError(fmt::format("mho-train sent a line without '{}'", key), base::ExitCode::failed_check);
  if (const auto* whole = std::get_if<std::int64_t>(&found->value())) return static_cast<double>(*whole);
  if (const auto* yes = std::get_if<bool>(&found->value())) return *yes ? 1 : 0;
  return std::get<double>(found->value());
}

/// What a training tells while it runs: shown as it comes, its epochs kept.
class TrainingReport {
 public:
  explicit TrainingReport(workloads::Metric metric) : metric_(metric) {}

  /// A line of mho-train.
  void hear(const std::string& text) {
    try {
      read(text);
    } catch (const std::bad_variant_access&) {
      unreadable(text);
    } catch (const base::UserError& error) {
      if (error.code() == base::ExitCode::bad_input) unreadable(text);
      throw;
    }
  }
  /// Clears what is on the terminal.
  void end() { progress_.reset(); }
  /// Why mho-train ended, where it said so.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] const std::vector<analysis::EpochRecord>& epochs() const { return finished_; }

 private:
  [[noreturn]] static void unreadable(const std::string& text) {
    constexpr std::size_t most = 80;
    throw base::UserError(fmt::format("mho-train sent a line that cannot be read ('{}'); is it of the same version as mho?", text.substr(0, most)),
                          base::ExitCode::failed_check);
  }

  void read(const std::string& text) {
    const base::Json line = base::Json::parse(text, "mho-train");
    if (const base::Json* error = line.find("error")) {
      failure_ = std::get<std::string>(error->value());
      return;
    }
    show_step(line);
    if (real(line, "ends_epoch") != 0) {
      finished_.push_back({static_cast<int>(real(line, "epoch")), real(line, "loss"), real(line, "metric"), real(line, "rate"), real(line, "noise"),
                           real(line, "seconds")});
    }
  }

  void show_step(const base::Json& line) {
    const auto step = static_cast<std::int64_t>(real(line, "step"));
    if (!progress_) progress_ = std::make_unique<base::Progress>("retraining", static_cast<std::uint64_t>(real(line, "steps")));
    progress_->note(fmt::format("epoch {}  loss {:.4f}  {} {}", real(line, "epoch"), real(line, "loss"), workloads::metric_name(metric_),
                                metric_text(metric_, real(line, "metric"))));
    try {
      progress_->advance(static_cast<std::uint64_t>(step - done_));
    } catch (const base::Interrupted&) {
      // The child has heard it too; how it ends is awaited.
    }
    done_ = step;
  }

  workloads::Metric metric_;
  std::vector<analysis::EpochRecord> finished_;
  std::unique_ptr<base::Progress> progress_;
  std::int64_t done_ = 0;
  std::string failure_;
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

/// Throws where mho-train ended otherwise than with a trained network.
void check_end(int status, const std::string& failure, const std::string& out) {
  std::error_code error;
  const bool kept = std::filesystem::exists(out + ".checkpoint", error);
  if (status == static_cast<int>(base::ExitCode::interrupted)) {
    throw base::UserError(kept ? fmt::format("interrupted; {}.checkpoint holds the training so far, and the same command goes on with it", out)
                               : std::string("interrupted before the first step; nothing was stored"),
                          base::ExitCode::interrupted);
  }
  if (status == 0) return;
  const bool known = status >= static_cast<int>(base::ExitCode::usage) && status <= static_cast<int>(base::ExitCode::failed_check);
  if (failure.empty()) {
    constexpr int signalled = 128;
    const std::string how = status > signalled ? fmt::format("was ended by signal {} ({})", status - signalled, signal_text(status - signalled))
                                               : fmt::format("ended with code {} without a word", status);
    throw base::UserError(fmt::format("mho-train {}; {}", how,
                                      kept ? fmt::format("{}.checkpoint holds the training so far, and the same command goes on with it", out)
                                           : std::string("no epoch was finished, so there is no checkpoint")),
                          base::ExitCode::failed_check);
  }
  throw base::UserError(failure, known ? static_cast<base::ExitCode>(status) : base::ExitCode::failed_check);
}

analysis::TrainingRecord run_training(const std::string& program, const analysis::TrainingJob& job, const analysis::TrainingInputs& inputs) {
  TrainingReport report(inputs.data.training->metric());
  const auto begin = std::chrono::steady_clock::now();
  const FileMark before(job.out);
  const int status = base::run_child(program, {job.json()}, [&](const std::string& line) { report.hear(line); });
  report.end();
  analysis::TrainingRecord record;
  record.job = job;
  record.epochs = report.epochs();
  record.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  check_end(status, report.failure(), job.out);
  if (FileMark(job.out) == before) {
    throw base::UserError(fmt::format("mho-train says that it is done, but it has not written {}; the training is lost", job.out),
                          base::ExitCode::failed_check);
  }
  record.out_hash = base::content_hash(base::read_file(job.out));
  return record;
}

/// Whether the last epoch was no better than guessing.
bool is_ruined(const workloads::Dataset& training, const analysis::TrainingRecord& record) {
  if (record.epochs.empty()) return false;
  const double metric = record.epochs.back().metric, chance = training.chance();
  constexpr double as_good_as_chance = 1.1;  // what a guessing network happens to reach on an epoch of samples
  return workloads::is_share(training.metric()) ? metric <= chance * as_good_as_chance : metric >= chance;
}

std::string result_text(const analysis::TrainingInputs& inputs, const analysis::TrainingRecord& record) {
  std::string text = fmt::format("{} retrained in {:.0f} s, written to {}\n", inputs.tiled.network.name, record.wall_s, record.job.out);
  if (record.epochs.empty()) return text;
  const workloads::Metric metric = inputs.data.training->metric();
  const analysis::EpochRecord& last = record.epochs.back();
  return text + fmt::format("  last epoch, on the training data{}: loss {:.4f}, {} {}\n",
                            inputs.recipe.hardware.analog ? " and under the noise of training" : "", last.loss, workloads::metric_name(metric),
                            metric_text(metric, last.metric));
}

std::string next_command(const RetrainArguments& arguments) {
  std::string next = fmt::format("mho run {} --data {}", arguments.out, arguments.data.value_or(std::string(workloads::built_in_data)));
  if (arguments.design) next += " --design " + *arguments.design;
  for (const std::string& assignment : arguments.set) next += fmt::format(" --set '{}'", assignment);
  for (const std::string& rule : arguments.layer) next += fmt::format(" --layer '{}'", rule);
  if (arguments.db) next += " --db " + *arguments.db;
  return next;
}

base::Json record_json(const analysis::TrainingInputs& inputs, const analysis::TrainingRecord& record, std::optional<std::int64_t> id) {
  base::Json json;
  json["training_id"] = id ? base::Json(*id) : base::Json();
  json["network"] = inputs.tiled.network.name;
  json["out"] = record.job.out;
  json["hash"] = record.out_hash;
  json["metric"] = workloads::metric_name(inputs.data.training->metric());
  json["wall_s"] = record.wall_s;
  base::Json::Array epochs;
  for (const analysis::EpochRecord& epoch : record.epochs) {
    base::Json one;
    one["epoch"] = epoch.epoch;
    one["loss"] = epoch.loss;
    one["metric"] = epoch.metric;
    one["rate"] = epoch.rate;
    one["noise"] = epoch.noise;
    one["seconds"] = epoch.seconds;
    epochs.push_back(one);
  }
  json["epochs"] = epochs;
  return json;
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
                                  .input_limit = input_limit(arguments.input_limit).bytes()};
  const std::optional<analysis::Store> store = arguments.db ? std::optional<analysis::Store>(*arguments.db) : std::nullopt;
  const analysis::TrainingInputs inputs = analysis::read_inputs(job);
  print_notes(inputs);
  base::check_output(arguments.out, {arguments.network, arguments.data, arguments.design, arguments.recipe, arguments.db});
  base::check_output(arguments.out + ".checkpoint", {});
  const base::OutputLock alone(arguments.out);  // two trainings would share the checkpoint
  const analysis::TrainingRecord record = run_training(program, job, inputs);
  std::optional<analysis::Stored> stored;
  if (store) stored = store->keep(inputs, record, base::version(), invocation.command_line, label(arguments.label, inputs.files));
  if (arguments.json) {
    std::optional<std::int64_t> id;
    if (stored) id = stored->id;
    print_json(invocation, inputs.recipe.seed, record_json(inputs, record, id));
  } else {
    print_text(result_text(inputs, record) + (stored && stored->id != 0 ? fmt::format("  training {} in {}\n", stored->id, stored->path) : ""));
  }
  if (stored) {
    stored->check();
  }
  if (is_ruined(*inputs.data.training, record)) {
    throw base::UserError(
        fmt::format("the training ended no better than guessing ({} is written all the same); lower optimiser.rate or noise.scale, or "
                    "give optimiser.gradient_limit a number such as 1",
                    arguments.out),
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
  add_threads(options, arguments.threads, "threads; another number gives other roundings");
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
