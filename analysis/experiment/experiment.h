#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/experiment/chip_run.h"
#include "mapper/lowering/inference_mode.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/evaluation.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

struct ExperimentOptions {
  std::vector<double> times_s;         ///< seconds after programming, strictly increasing
  int repeats = 10;                    ///< number of programming instances
  std::optional<std::size_t> samples;  ///< samples scored on tiles; empty: all test samples that may be scored
  std::uint64_t seed = 1;
  int threads = 1;                          ///< does not change results
  bool float_on_all = false;                ///< score the float network on the whole test set, not only on the samples scored on tiles
  std::optional<std::string> conductances;  ///< .npz file with measured conductances instead of programming
  base::InputLimit input_limit{};           ///< limit on the bytes read
  mapper::InferenceMode mode{};             ///< kind of an inference for the costs; accuracy always uses whole sequences
  ReferenceChoice reference{};
  bool estimated = false;          ///< times and costs from hw::estimate instead of the simulation
  bool keeps_mapping = false;      ///< fill ChipResult::mapping
  bool by_sample = false;          ///< keep the scores of single samples
  double yield_threshold = 0.99;   ///< a chip counts as good if its normalised accuracy is at least this
  WorkCache* cache = nullptr;      ///< cache of computed parts
  CostFactors* factors = nullptr;  ///< see roll_up
};

/// Use of the samples. Calibration samples are never scored.
struct SamplePlan {
  bool calibrated_on_test = false;  ///< the data have no split for calibration
  std::size_t calibration_samples = 0;
  std::size_t first = 0;     ///< first scored test sample
  std::size_t carrying = 0;  ///< earlier samples of its stream, run for the state and not scored
  std::size_t scored = 0;
};

/// Plans the use of samples. Throws UserError if `options.samples` exceeds the test set or no sample is left to score.
SamplePlan plan_samples(const workloads::DataDescription& data, const ExperimentOptions& options);

/// Key of the input calibration in the cache.
std::string calibration_key(const Design& design, const workloads::TiledNetwork& tiled, const workloads::DataDescription& data,
                            const SamplePlan& plan);

/// Options of the evaluation on tiles, except measured conductances.
workloads::EvaluationOptions evaluation_of(const ExperimentOptions& options, const SamplePlan& plan);

struct MeanAndError {
  double mean = 0;
  std::optional<double> sem;  ///< standard error of the mean over programming instances, read noise included; empty for one instance
};
MeanAndError mean_and_error(const std::vector<double>& values);

/// Reference values of a metric.
struct Yardstick {
  double chance = 0;     ///< value for guessing
  double reference = 0;  ///< value of the float network
  bool more_is_better = true;
  /// Whether the float network is better than guessing. If not, normalised values have no meaning.
  [[nodiscard]] bool is_telling() const { return more_is_better ? reference > chance : reference < chance; }
};

/// Normalised accuracy (value - chance) / (reference - chance): 1 as good as float, 0 as good as guessing. Empty if the float network is no better
/// than guessing.
std::optional<double> normalised(double value, const Yardstick& by);

/// Spread over the programming instances of a design. The q-quantile of n values is the value of rank ceil(q n), counted from the worst.
struct Spread {
  double worst = 0, percentile5 = 0, median = 0;
  std::optional<double> yield;  ///< share of instances whose normalised accuracy reaches the threshold; empty if undefined
};
Spread spread(std::vector<double> values, const Yardstick& by, double threshold);

/// Result of an experiment. It depends on design, network, data and options only (except wall times).
struct Result : ChipResult {
  SamplePlan samples;
  int learned_ranges = 0;  ///< number of matrices with input ranges from retraining instead of calibration
  workloads::Metric metric = workloads::Metric::top1;
  double chance = 0;  ///< value of the metric for guessing
  double yield_threshold = 0;
  bool interrupted = false;          ///< fewer programming instances than requested
  double float_accuracy = 0;         ///< over the samples scored on tiles, or the whole test set (float_on_all)
  double float_accuracy_scored = 0;  ///< over the samples scored on tiles
  std::vector<workloads::AnalogAccuracy> accuracy;
  workloads::SampleScores float_by_sample;  ///< of the samples scored on tiles (by_sample)
  [[nodiscard]] Yardstick yardstick() const { return {chance, float_accuracy_scored, workloads::is_share(metric)}; }
};

/// Computes accuracy, mapping and chip of one network on one design. Checks run before the long parts: first data against network, then network
/// against chip. Throws UserError (bad_input, does_not_fit, failed_check) and Interrupted. Call it at most once in a process: it uses hw::simulate.
Result run_experiment(const Design& design, const workloads::Network& network, const workloads::DataDescription& data,
                      const ExperimentOptions& options);

}  // namespace mho::analysis
