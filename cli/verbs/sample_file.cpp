#include "cli/verbs/sample_file.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/error.h"
#include "workloads/data/array_files.h"
#include "workloads/data/npz_files.h"

namespace mho::cli {

std::string sample_file(const analysis::Result& result) {
  std::vector<double> times, samples, tiles;
  const workloads::SampleScores& in_float = result.float_by_sample;
  for (std::size_t k = 0; k < in_float.values.size(); ++k) samples.push_back(static_cast<double>(result.samples.first + k));
  std::size_t repeats = 0;
  for (const workloads::AnalogAccuracy& time : result.accuracy) {
    times.push_back(time.time_s);
    repeats = time.by_sample.size();
    for (const std::vector<double>& row : time.by_sample) tiles.insert(tiles.end(), row.begin(), row.end());
  }
  const std::vector<double> counts(in_float.counts.begin(), in_float.counts.end());
  const auto length = [](const auto& values) { return static_cast<std::int64_t>(values.size()); };
  const std::vector<std::pair<std::string, std::string>> arrays{
      {"times_s", workloads::npy_bytes({length(times)}, times)},
      {"samples", workloads::npy_bytes({length(samples)}, samples)},
      {"counts", workloads::npy_bytes({length(counts)}, counts)},
      {"float", workloads::npy_bytes({length(samples)}, in_float.values)},
      {"tiles", workloads::npy_bytes({length(times), static_cast<std::int64_t>(repeats), length(samples)}, tiles)}};
  return workloads::npz_bytes(arrays);
}

void check_sample_file(workloads::Metric metric) {
  if (metric != workloads::Metric::f1) return;
  throw base::UserError("--per-sample: the metric f1 is no mean over samples; take top1", base::ExitCode::usage);
}

}  // namespace mho::cli
