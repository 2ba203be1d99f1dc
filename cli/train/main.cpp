// mho-train: the part of `mho retrain` that needs libtorch. It reads a job (JSON) from its argument and reports progress as JSON lines on standard
// output.
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "analysis/experiment/training_job.h"
#include "base/child_process.h"
#include "base/design_file/document.h"
#include "base/error.h"
#include "base/json.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "base/version.h"
#include "workloads/autograd/trainer.h"
#include "workloads/onnx/onnx_export.h"

namespace {

using mho::base::Json;

/// Errors of writing are ignored: training continues to the next checkpoint even if the parent process has ended.
void send(const Json& line) {
  const std::string text = line.dump() + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

Json score_json(const mho::workloads::ValidationScore& score) {
  // null for infinity and NaN
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(); };
  Json json;
  json["float"] = number(score.in_float);
  json["tiles"] = number(score.on_tiles);
  return json;
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
  if (progress.validation) line["validation"] = score_json(*progress.validation);
  send(line);
}

void tell_end(const mho::workloads::TrainedNetwork& trained) {
  Json line, end;
  if (trained.before) end["before"] = score_json(*trained.before);
  end["after"] = score_json(trained.after);
  end["samples"] = static_cast<std::int64_t>(trained.samples);
  end["kept_epoch"] = trained.kept_epoch;
  end["stopped"] = trained.stopped;
  line["end"] = end;
  send(line);
}

/// Features of the processor by which libraries select code. The code determines rounding.
std::string processor_text() {
  std::string text;
  const auto add = [&](bool has, const char* name) {
    if (has) text += (text.empty() ? "" : " ") + std::string(name);
  };
#if defined(__x86_64__)
  __builtin_cpu_init();
  add(__builtin_cpu_supports("sse4.2") != 0, "SSE4.2");
  add(__builtin_cpu_supports("avx2") != 0, "AVX2");
  add(__builtin_cpu_supports("avx512f") != 0, "AVX512F");
  add(__builtin_cpu_supports("avx512bw") != 0, "AVX512BW");
  add(__builtin_cpu_supports("avx512vnni") != 0, "AVX512VNNI");
#endif
  return text.empty() ? "a processor without known features" : "a processor with " + text;
}

void run(const std::string& text) {
  const mho::analysis::TrainingJob job = mho::analysis::TrainingJob::parse(text);
  // An earlier process whose parent was killed may still be writing its last checkpoint.
  constexpr std::chrono::seconds patience{90};
  const mho::base::OutputLock alone(job.out + ".checkpoint", patience);
  const mho::analysis::TrainingInputs inputs = mho::analysis::read_inputs(job, false);
  mho::workloads::TrainingOptions options;
  options.recipe = inputs.recipe;
  options.threads = inputs.threads;
  options.from_scratch = job.from_scratch;
  options.validation = &inputs.validation();
  options.calibration = inputs.data.calibration.get();
  options.checkpoint = job.out + ".checkpoint";
  options.fingerprint = inputs.fingerprint;
  options.writer =
      fmt::format("mho {} with {} thread{} on {}", mho::base::version(), inputs.threads, inputs.threads == 1 ? "" : "s", processor_text());
  options.report = tell;
  options.resume = [](double seconds) {
    Json line;
    line["earlier_s"] = seconds;
    send(line);
  };
  options.note = [](const std::string& sentence) {
    Json line;
    line["note"] = sentence;
    send(line);
  };
  const mho::workloads::TrainedNetwork trained = mho::workloads::train(inputs.tiled, inputs.training(), options);
  try {
    if (inputs.adapted.empty()) {
      mho::workloads::export_onnx(inputs.source, trained.network, job.out);
    } else {
      mho::workloads::export_onnx({inputs.source, mho::workloads::folder_of(inputs.source), inputs.adapted}, trained.network, job.out);
    }
  } catch (const mho::base::UserError& error) {
    throw mho::base::UserError(
        fmt::format("{}. The training is finished, and {} holds it: the same command writes the network from it", error.what(), options.checkpoint),
        error.code());
  }
  if (!job.keep_checkpoint) std::remove(options.checkpoint.c_str());
  tell_end(trained);
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
