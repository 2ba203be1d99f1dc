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
  std::vector<double> times_s;         ///< after programming, strictly increasing
  int repeats = 10;                    ///< programmings
  std::optional<std::size_t> samples;  ///< scored on tiles; empty: every test sample that may be scored
  std::uint64_t seed = 1;
  int threads = 1;                          ///< never changes a bit
  bool float_on_all = false;                ///< the float network is scored on the whole test set, not only on the samples scored on tiles
  std::optional<std::string> conductances;  ///< .npz of measured ones in place of programming
  base::InputLimit input_limit{};           ///< of the bytes that are read for it
  mapper::InferenceMode mode{};             ///< what an inference is for the costs; accuracy is always that of whole sequences
  ReferenceChoice reference{};
  bool estimated = false;          ///< times and costs by hw::estimate, not simulated
  bool keeps_mapping = false;      ///< for ChipResult::mapping
  bool by_sample = false;          ///< the scores of single samples are kept
  double yield_threshold = 0.99;   ///< a chip counts as good from this normalised accuracy on
  WorkCache* cache = nullptr;      ///< of what was computed once
  CostFactors* factors = nullptr;  ///< see roll_up
};

/// Which samples do what. Calibration samples are never scored.
struct SamplePlan {
  bool calibrated_on_test = false;  ///< the data has no split to calibrate on
  std::size_t calibration_samples = 0;
  std::size_t first = 0;     ///< first scored test sample
  std::size_t carrying = 0;  ///< samples of its stream before it, run to carry a state and not scored
  std::size_t scored = 0;
};

/// Throws UserError when `options.samples` asks for more than the test set holds, or nothing is left to score.
SamplePlan plan_samples(const workloads::DataDescription& data, const ExperimentOptions& options);

/// What the calibration of inputs is found by in the cache.
std::string calibration_key(const Design& design, const workloads::TiledNetwork& tiled, const workloads::DataDescription& data,
                            const SamplePlan& plan);

/// What the evaluation on tiles is asked for, measured conductances aside.
workloads::EvaluationOptions evaluation_of(const ExperimentOptions& options, const SamplePlan& plan);

struct MeanAndError {
  double mean = 0;
  std::optional<double> sem;  ///< standard error of the mean over programmings, which also read; empty for a single one
};
MeanAndError mean_and_error(const std::vector<double>& values);

/// What a metric's values are measured by.
struct Yardstick {
  double chance = 0;     ///< of guessing
  double reference = 0;  ///< of the float network
  bool more_is_better = true;
  /// Whether the float network is better than guessing; otherwise nothing can be said in shares of it.
  [[nodiscard]] bool is_telling() const { return more_is_better ? reference > chance : reference < chance; }
};

/// (value - chance) / (reference - chance): 1 as good as the float network, 0 no better than guessing. Empty where float itself guesses, or worse.
std::optional<double> normalised(double value, const Yardstick& by);

/// How the chips of one design differ. Ranks run from the worst chip on; the q-quantile of n is that of rank ceil(q n).
struct Spread {
  double worst = 0, percentile5 = 0, median = 0;
  std::optional<double> yield;  ///< share of chips whose normalised accuracy reaches the threshold; empty where there is none
};
Spread spread(std::vector<double> values, const Yardstick& by, double threshold);

/// Everything one experiment found. Plain data: a function of design, network, data and options (wall times aside).
struct Result : ChipResult {
  SamplePlan samples;
  int learned_ranges = 0;  ///< matrices whose input ranges are those of the network's retraining, not calibrated
  workloads::Metric metric = workloads::Metric::top1;
  double chance = 0;  ///< of the metric, by guessing
  double yield_threshold = 0;
  bool interrupted = false;          ///< fewer programmings than asked for
  double float_accuracy = 0;         ///< over the samples scored on tiles; over the whole test set where that is asked for
  double float_accuracy_scored = 0;  ///< over exactly the samples scored on tiles
  std::vector<workloads::AnalogAccuracy> accuracy;
  workloads::SampleScores float_by_sample;  ///< of the samples scored on tiles, where it is asked for
  [[nodiscard]] Yardstick yardstick() const { return {chance, float_accuracy_scored, workloads::is_share(metric)}; }
};

/// Accuracy, mapping and chip of one network on one design. Refuses early what cannot be run: first data against network, then network
/// against chip, only then the long parts. Throws UserError (bad input, does_not_fit, failed_check) and Interrupted.
/// Once per process: it simulates the chip (hw::simulate).
Result run_experiment(const Design& design, const workloads::Network& network, const workloads::DataDescription& data,
                      const ExperimentOptions& options);

}  // namespace mho::analysis
