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
  int batch = 0;  ///< samples per work item, 0: as suits the network; never changes a bit
  std::size_t first_sample = 0;
  std::size_t samples = 0;  ///< scored samples from first_sample
  /// By matrix, by block: measured conductances in place of programming; null: programmed.
  std::map<std::string, std::vector<tiles::ConductanceExchange>>* measured = nullptr;
  std::string label = "accuracy on tiles";  ///< of the progress line; empty: none
  bool by_sample = false;                   ///< the scores of single samples are kept
};

struct NodeStatistics {
  std::string node;
  tiles::MvmStatistics mvm;
  /// Signal-to-noise ratio in decibel by time: power of the exact products over that of what the tiles add, for the same inputs; of the first
  /// programming and the first samples. Empty where nothing was measured or nothing is added.
  std::vector<std::optional<double>> snr_db;
  periphery::OutsideFormat outside_scales;  ///< of the first programming
};

struct AnalogAccuracy {
  double time_s = 0;
  std::vector<double> by_repeat{};  ///< the data's metric
  /// Standard error of the mean over `by_repeat` for being measured on these samples and no others, by the jackknife over groups of samples; empty
  /// for a single sample, and where a group leaves nothing to score.
  std::optional<double> sampling_sem{};
  /// [repeat][sample]: the metric of each sample alone, where EvaluationOptions asks for it; not a number where a sample has no target.
  std::vector<std::vector<double>> by_sample{};
};

/// The metric of each sample alone, and how many of its targets count.
struct SampleScores {
  std::vector<double> values;  ///< not a number where none counts
  std::vector<std::uint64_t> counts;
};

struct AnalogEvaluation {
  std::vector<AnalogAccuracy> times;
  std::vector<NodeStatistics> nodes;                      ///< on tiles
  std::vector<periphery::OutsideFormat> outside_results;  ///< by node of the network: results that digital.result_format does not hold
  bool interrupted = false;                               ///< by Ctrl-C: `times` hold the repeats that were finished
};

/// Outputs of the float network for one sample (every nonideality and format off).
std::vector<float> run_float(const Network& network, std::span<const float> sample);
/// The data's metric for the float network. `label` of the progress line; empty: none.
double evaluate_float(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int threads,
                      const std::string& label = "float network");
/// The scores of single samples for the float network.
SampleScores score_samples(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int threads);
/// The data's metric on tiles, every time and repeat. One programming per repeat, one trajectory through the times. A Ctrl-C after the first repeat
/// ends it with what was finished and is thereby acknowledged; before, it throws Interrupted.
AnalogEvaluation evaluate_analog(const TiledNetwork& tiled, const Dataset& data, const EvaluationOptions& options);
/// Refuses (UserError) data whose sample shape, targets or lengths do not fit the network.
void check_fit(const Network& network, const Dataset& data);

}  // namespace mho::workloads
