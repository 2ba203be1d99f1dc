// mho-train: the part of `mho retrain` that needs libtorch. Takes one argument, a job as JSON; tells its progress as JSON lines on standard output.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "analysis/experiment/training_job.h"
#include "base/child_process.h"
#include "base/design_file/document.h"
#include "base/error.h"
#include "base/json.h"
#include "base/progress.h"
#include "workloads/autograd/trainer.h"
#include "workloads/execution/calibration.h"
#include "workloads/onnx/onnx_export.h"

namespace {

using mho::base::Json;

/// A parent that is gone hears nothing, which is no reason to end before the checkpoint is written.
void send(const Json& line) {
  const std::string text = line.dump() + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void tell(const mho::workloads::TrainingProgress& progress) {
  Json line;
  line["step"] = progress.step;
  line["steps"] = progress.steps;
  line["epoch"] = progress.epoch;
  line["loss"] = progress.loss;
  line["metric"] = progress.metric;
  line["rate"] = progress.rate;
  line["noise"] = progress.noise;
  line["ends_epoch"] = progress.ends_epoch;
  line["seconds"] = progress.seconds;
  send(line);
}

void run(const std::string& text) {
  const mho::analysis::TrainingJob job = mho::analysis::TrainingJob::parse(text);
  mho::analysis::TrainingInputs inputs = mho::analysis::read_inputs(job);
  const mho::workloads::Dataset& data = *inputs.data.training;
  mho::workloads::TrainingOptions options;
  options.recipe = inputs.recipe;
  options.threads = job.threads;
  options.from_scratch = job.from_scratch;
  options.checkpoint = job.out + ".checkpoint";
  options.fingerprint = inputs.fingerprint;
  options.report = tell;
  constexpr std::size_t calibration_limit = 1000;
  inputs.tiled.calibration = mho::workloads::calibrate(inputs.tiled, data, 0, std::min(calibration_limit, data.size()), job.threads);
  const mho::workloads::Network network = mho::workloads::train(std::move(inputs.tiled), data, options);
  mho::workloads::export_onnx(inputs.source, network, job.out);
  std::remove(options.checkpoint.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "mho-train is started by mho retrain; see mho retrain --help\n");
    return static_cast<int>(mho::base::ExitCode::usage);
  }
  mho::base::install_interrupt_handler();
  std::signal(SIGPIPE, SIG_IGN);
  mho::base::end_with_parent();
  const auto failed = [](const std::string& message, mho::base::ExitCode code) {
    Json line;
    line["error"] = message;
    send(line);
    return static_cast<int>(code);
  };
  try {
    run(argv[1]);
    return 0;
  } catch (const mho::base::UserError& error) {
    return failed(error.what(), error.code());
  } catch (const std::bad_alloc&) {
    return failed("out of memory in training; take smaller batches (batch of the recipe)", mho::base::ExitCode::failed_check);
  } catch (const std::exception& error) {
    return failed(fmt::format("internal error in training: {}", error.what()), mho::base::ExitCode::failed_check);
  }
}
