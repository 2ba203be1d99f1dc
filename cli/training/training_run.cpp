#include "cli/training/training_run.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "base/child_process.h"
#include "base/design_file/document.h"
#include "base/progress.h"
#include "cli/training/training_report.h"

namespace mho::cli {

namespace {

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

/// Identifies a file, to distinguish a new file from the old one of the same name.
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

/// The error with which mho-train ended; empty if it wrote a trained network.
std::optional<base::UserError> failure_of(int status, const std::string& told, const std::string& out) {
  // A child that hears of it twice, from us and from elsewhere, ends by the signal.
  if (status == static_cast<int>(base::ExitCode::interrupted) || (status != 0 && base::is_interrupted())) {
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
                                             : fmt::format("ended with code {} without a message", status);
  return base::UserError(fmt::format("mho-train {}; {}", how, checkpoint_text(out)), base::ExitCode::failed_check);
}

/// Outcome of a training that is refused because the network does not fit the chip.
TrainingOutcome refused_training(const analysis::TrainingJob& job, const base::UserError& why) {
  TrainingOutcome outcome{.record = {}, .has_begun = false, .failure = why};
  outcome.record.job = job;
  outcome.record.end = analysis::TrainingEnd::failed;
  outcome.record.reason = why.what();
  outcome.record.exit_code = static_cast<int>(why.code());
  return outcome;
}

}  // namespace

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
  // By default, waiting OpenMP threads spin and slow down other processes.
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
    throw base::UserError(fmt::format("mho-train reported success but did not write {}; the training is lost", job.out),
                          base::ExitCode::failed_check);
  }
  outcome.record.out_hash = base::content_hash(base::read_file(job.out));
  return outcome;
}

std::string training_program() {
  std::string program = base::sibling_program("mho-train");
  if (!program.empty()) return program;
  throw base::UserError(
      "the program mho-train, which trains, is not beside mho: build it with `make mho-train` (the target mho-train of CMake; it needs libtorch, "
      "the package libtorch-dev)");
}

}  // namespace mho::cli
