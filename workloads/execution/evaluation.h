#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tiles/analog_matrix.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

struct EvaluationOptions {
  std::vector<double> times_s;
  int repeats = 10;
  std::uint64_t seed = 1;
  int threads = 1;
  int batch = 0;  ///< samples per work item; 0: chosen for the network. Results do not depend on it
  std::size_t first_sample = 0;
  std::size_t samples = 0;  ///< number of scored samples from first_sample on
  /// Measured conductances instead of programming, by matrix name and block; null: programmed.
  std::map<std::string, std::vector<tiles::ConductanceExchange>>* measured = nullptr;
  std::string label = "accuracy on tiles";  ///< text of the progress line; empty: none
  bool by_sample = false;                   ///< keeps the score of each sample
};

struct NodeStatistics {
  std::string node;
  tiles::MvmStatistics mvm;
  /// Signal-to-noise ratio in dB for each time: power of the exact products over power of the tiles' error, for the same inputs; of the first
  /// programming instance and the first samples. Empty if nothing was measured or there is no error.
  std::vector<std::optional<double>> snr_db;
  periphery::OutsideFormat outside_scales;  ///< of the first programming instance
};

struct AnalogAccuracy {
  double time_s = 0;
  std::vector<double> by_repeat{};  ///< the data's metric of each repeat
  /// Standard error of the mean over `by_repeat` due to the choice of samples, by the jackknife over groups of samples. Empty for a single sample,
  /// and if a group's removal leaves nothing to score.
  std::optional<double> sampling_sem{};
  /// [repeat][sample]: the metric of each sample, if EvaluationOptions::by_sample is set; NaN if a sample has no target.
  std::vector<std::vector<double>> by_sample{};
};

/// The metric of each sample, and the number of its targets that count.
struct SampleScores {
  std::vector<double> values;  ///< NaN if no target counts
  std::vector<std::uint64_t> counts;
};

struct AnalogEvaluation {
  std::vector<AnalogAccuracy> times;
  std::vector<NodeStatistics> nodes;                      ///< analog nodes
  std::vector<periphery::OutsideFormat> outside_results;  ///< for each node: results that digital.result_format cannot represent
  bool interrupted = false;                               ///< by Ctrl-C: `times` holds the finished repeats
};

/// Outputs of the float network for one sample, without nonidealities and number formats. `sample` [elements of the input]; throws std::logic_error
/// for another size.
std::vector<float> run_float(const Network& network, std::span<const float> sample);
/// The data's metric for the float network over samples [first, first+count). `label`: text of the progress line; empty: none. Throws UserError for
/// data that do not fit.
double evaluate_float(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int threads,
                      const std::string& label = "float network");
/// The scores of the samples [first, first+count) for the float network.
SampleScores score_samples(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int threads);
/// The data's metric on tiles for every time and repeat. Each repeat is one programming instance that ages through all times. After a Ctrl-C the
/// finished repeats are returned and the interrupt is acknowledged; before the end of the first repeat it throws Interrupted.
AnalogEvaluation evaluate_analog(const TiledNetwork& tiled, const Dataset& data, const EvaluationOptions& options);
/// Throws UserError for data whose sample shape, targets or lengths do not fit the network.
void check_fit(const Network& network, const Dataset& data);

}  // namespace mho::workloads
