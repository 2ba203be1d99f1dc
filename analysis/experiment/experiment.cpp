#include "analysis/experiment/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>

#include "analysis/experiment/conductance_file.h"
#include "analysis/experiment/prepare.h"
#include "analysis/experiment/value_range.h"
#include "analysis/experiment/wire_time.h"
#include "analysis/reuse/dependence.h"
#include "analysis/reuse/work_cache.h"
#include "base/error.h"
#include "workloads/execution/calibration.h"

namespace mho::analysis {

namespace {

struct FloatAccuracy {
  double reported = 0;
  double scored = 0;
};

FloatAccuracy float_accuracy(const workloads::Network& network, const workloads::Dataset& test, const SamplePlan& plan,
                             const ExperimentOptions& options) {
  const auto score = [&](std::size_t first, std::size_t count) {
    const std::string depends = options.cache == nullptr ? "" : float_score_depends_on(network, test, first, count);
    return computed_once<double>(options.cache, "float accuracy", depends,
                                 [&] { return workloads::evaluate_float(network, test, first, count, options.threads); });
  };
  FloatAccuracy result;
  result.scored = score(plan.first, plan.scored);
  result.reported = result.scored;
  if (options.float_on_all && plan.scored < test.size()) result.reported = score(0, test.size());
  return result;
}

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// Bits of the range of codes from -largest to +largest output; empty if the ADC is ideal or all outputs are 0.
std::optional<double> bits_used(const tiles::TileParameters& tile, const tiles::MvmStatistics& statistics) {
  if (!tile.adc.bits || statistics.largest_output == 0.0F) return std::nullopt;
  const double half = std::exp2(*tile.adc.bits - 1) - 1;
  return std::log2(2 * half * static_cast<double>(statistics.largest_output) + 1);
}

/// Adds the statistics of the tiles of every layer.
void add_statistics(std::vector<LayerResult>& layers, const workloads::TiledNetwork& tiled, const workloads::AnalogEvaluation& evaluation) {
  std::map<std::string, const workloads::Node*> nodes;
  for (const auto& node : tiled.network.nodes) nodes[node.name] = &node;
  std::map<std::string, const workloads::NodeStatistics*> statistics;
  for (const auto& node : evaluation.nodes) statistics[node.node] = &node;
  for (LayerResult& layer : layers) {
    const auto found = statistics.find(layer.name);
    if (found == statistics.end()) continue;
    const workloads::NodeStatistics& node = *found->second;
    layer.clipped_inputs = share(node.mvm.clipped_inputs, node.mvm.inputs);
    layer.clipped_outputs = share(node.mvm.clipped_outputs, node.mvm.outputs);
    layer.adc_bits_used = bits_used(tiled.tiles.of(tiled.network.matrix(*nodes.at(layer.name)).name), node.mvm);
    layer.snr_db = node.snr_db.front();
    layer.snr_last_db = node.snr_db.back();
  }
}

void check_accuracy(const Result& result) {
  const auto check = [&](double value) {
    if (!(value >= 0 && (value <= 1 || !workloads::is_share(result.metric)))) {
      throw base::UserError(
          fmt::format("the metric {} is {}, which is impossible; this run is not to be trusted", workloads::metric_name(result.metric), value),
          base::ExitCode::failed_check);
    }
  };
  check(result.float_accuracy);
  check(result.float_accuracy_scored);
  for (const auto& time : result.accuracy) std::ranges::for_each(time.by_repeat, check);
}

}  // namespace

SamplePlan plan_samples(const workloads::DataDescription& data, const ExperimentOptions& options) {
  SamplePlan plan;
  const std::size_t size = data.test->size();
  plan.calibration_samples = calibration_samples(data);
  plan.calibrated_on_test = data.calibration == nullptr;
  if (plan.calibrated_on_test) plan.first = plan.calibration_samples;
  const std::size_t available = size - plan.first;
  if (available == 0) throw base::UserError(fmt::format("data {}: the test set is empty", data.test->name()));
  plan.scored = options.samples.value_or(available);
  if (plan.scored == 0) throw base::UserError("--samples must be at least 1", base::ExitCode::usage);
  if (plan.scored > available) {
    throw base::UserError(
        fmt::format("--samples {}: the test set {} has {} samples to score{}. Ask for at most {}, or leave --samples out for all", plan.scored,
                    data.test->name(), available,
                    plan.calibrated_on_test ? fmt::format(" ({} less {} that calibrate the input ranges)", size, plan.first) : "", available),
        base::ExitCode::usage);
  }
  return plan;
}

MeanAndError mean_and_error(const std::vector<double>& values) {
  if (values.empty()) throw std::logic_error("mean_and_error: no values");
  MeanAndError result;
  const auto count = static_cast<double>(values.size());
  result.mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  if (values.size() > 1) {
    double squares = 0;
    for (double value : values) squares += (value - result.mean) * (value - result.mean);
    result.sem = std::sqrt(squares / (count - 1) / count);
  }
  return result;
}

std::optional<double> normalised(double value, const Yardstick& by) {
  if (!by.is_telling()) return std::nullopt;
  return (value - by.chance) / (by.reference - by.chance);
}

Spread spread(std::vector<double> values, const Yardstick& by, double threshold) {
  if (values.empty()) throw std::logic_error("spread: no values");
  std::ranges::sort(values);
  if (!by.more_is_better) std::ranges::reverse(values);
  const auto quantile = [&](std::size_t percent) { return values[std::max<std::size_t>((values.size() * percent + 99) / 100, 1) - 1]; };
  Spread result{values.front(), quantile(5), quantile(50), std::nullopt};
  if (!by.is_telling()) return result;
  const auto good = std::ranges::count_if(values, [&](double value) { return *normalised(value, by) >= threshold; });
  result.yield = static_cast<double>(good) / static_cast<double>(values.size());
  return result;
}

std::string calibration_key(const Design& design, const workloads::TiledNetwork& tiled, const workloads::DataDescription& data,
                            const SamplePlan& plan) {
  return calibration_depends_on(design, tiled, data.calibration ? *data.calibration : *data.test, plan.calibration_samples);
}

workloads::EvaluationOptions evaluation_of(const ExperimentOptions& options, const SamplePlan& plan) {
  workloads::EvaluationOptions evaluation;
  evaluation.times_s = options.times_s;
  evaluation.repeats = options.repeats;
  evaluation.seed = options.seed;
  evaluation.threads = options.threads;
  evaluation.first_sample = plan.first;
  evaluation.samples = plan.scored;
  evaluation.by_sample = options.by_sample;
  return evaluation;
}

Result run_experiment(const Design& design, const workloads::Network& network, const workloads::DataDescription& data,
                      const ExperimentOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  workloads::check_fit(network, *data.test);
  SamplePlan plan = plan_samples(data, options);
  if (!network.states.empty()) plan.carrying = plan.first % data.test->stream_length();
  int learned_ranges = 0;
  std::optional<NetworkConductances> measured;
  const auto check = [&](const workloads::TiledNetwork& tiled) {
    for (const workloads::Matrix& matrix : tiled.network.matrices) learned_ranges += workloads::learned_ranges(tiled, matrix) != nullptr ? 1 : 0;
    if (options.conductances) measured = read_conductances(*options.conductances, tiled, options.input_limit);
    const std::size_t read = readings(design.tile, options.times_s.size()) * static_cast<std::size_t>(options.repeats);
    if (options.cache == nullptr) announce_wire_time(exact_wire_seconds(design.tile, tiled.layout, read, options.threads));
  };
  const workloads::TiledNetwork tiled = prepare(design, network,
                                                {.mapped_for = options.mode,
                                                 .calibration = data.calibration ? data.calibration.get() : data.test.get(),
                                                 .calibration_samples = plan.calibration_samples,
                                                 .threads = options.threads,
                                                 .check = check,
                                                 .cache = options.cache});
  Result result;
  const std::string calibration = options.cache == nullptr ? "" : calibration_key(design, tiled, data, plan);
  static_cast<ChipResult&>(result) = run_chip(design, tiled,
                                              {.mode = options.mode,
                                               .reference = options.reference,
                                               .estimated = options.estimated,
                                               .keeps_mapping = options.keeps_mapping,
                                               .cache = options.cache,
                                               .factors = options.factors,
                                               .calibration = calibration});
  result.data = data.test->name();
  result.data_hash = data.test->hash();
  result.samples = plan;
  result.learned_ranges = learned_ranges;
  result.metric = data.test->metric();
  result.chance = data.test->chance();
  result.yield_threshold = options.yield_threshold;

  const FloatAccuracy reference = float_accuracy(tiled.network, *data.test, plan, options);
  result.float_accuracy = reference.reported;
  result.float_accuracy_scored = reference.scored;
  if (options.by_sample) result.float_by_sample = workloads::score_samples(tiled.network, *data.test, plan.first, plan.scored, options.threads);
  workloads::EvaluationOptions evaluation_options = evaluation_of(options, plan);
  evaluation_options.measured = measured ? &*measured : nullptr;
  const std::string measured_hash = options.conductances && options.cache != nullptr ? base::file_hash(*options.conductances) : "";
  const std::string depends =
      options.cache == nullptr ? "" : accuracy_depends_on(design, tiled, calibration, *data.test, evaluation_options, measured_hash);
  workloads::AnalogEvaluation evaluation = computed_once<workloads::AnalogEvaluation>(
      options.cache, "accuracy", depends, [&] { return workloads::evaluate_analog(tiled, *data.test, evaluation_options); },
      [](const workloads::AnalogEvaluation& found) { return !found.interrupted; });
  add_statistics(result.layers, tiled, evaluation);
  add_format_shares(result.layers, tiled, evaluation);
  std::ranges::move(format_warnings(tiled, evaluation), std::back_inserter(result.warnings));
  std::ranges::move(input_warnings(result, *data.test), std::back_inserter(result.warnings));
  result.accuracy = std::move(evaluation.times);
  result.interrupted = evaluation.interrupted;
  check_accuracy(result);
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace mho::analysis
