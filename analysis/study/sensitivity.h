#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/experiment/experiment.h"
#include "analysis/study/paired.h"
#include "analysis/study/threshold_search.h"
#include "base/json.h"

namespace mho::analysis {

struct SensitivityOptions {
  double time_s = 1;                   ///< seconds after programming
  int repeats = 5;                     ///< programming instances, the same at every setting
  std::optional<std::size_t> samples;  ///< scored samples; empty: 1000, or all if there are fewer
  std::uint64_t seed = 1;
  int threads = 1;          ///< does not change results
  double threshold = 0.99;  ///< normalised accuracy at the searched crossing, between 0 and 1
  std::string only{};       ///< patterns of nonidealities, separated by commas; empty: all
  double error = 0.2;       ///< relative error of the reference tile at which accuracies are compared
  int tiles = 2;            ///< number of reference tiles (512 x 512)
  int vectors = 32;         ///< input vectors of each tile
};

/// Tolerance of a network to one nonideality on otherwise ideal tiles.
struct NonidealitySensitivity {
  std::string name, unit;
  std::vector<std::string> keys;
  ThresholdSearch at_threshold;  ///< value at which the mean normalised accuracy falls to the threshold
  /// Values at which the lower and the upper end of the 95 % interval over programming instances fall to the threshold: up to `certain` the accuracy
  /// is kept, from `possible` on it is lost, each with this confidence. Empty if there is no such value in the search range, or for a single
  /// instance.
  std::optional<double> certain, possible;
  std::optional<double> error_at_threshold;             ///< relative error of the reference tile at that value
  std::optional<double> error_certain, error_possible;  ///< at `certain` and `possible`
  ThresholdSearch at_error;                             ///< value at which the reference tile has the requested error
  std::optional<MeanAndError> accuracy_at_error;        ///< metric at that value
  std::optional<double> normalised_at_error;
};

/// Loss of one analog layer in the metric; positive means that analog is worse. Differences for equal programming instances and samples.
struct LayerSensitivity {
  std::string name;
  PairedDifference lost;  ///< loss with this layer as the only analog one, against all digital
  PairedDifference won;   ///< gain with this layer as the only digital one, against all as designed
};

/// A sensitivity study of one network. It depends on design, network, data and options only (except wall time).
struct Sensitivity {
  std::string network, network_hash, data, data_hash;
  std::int64_t weights = 0;
  SamplePlan samples;
  SensitivityOptions options;
  workloads::Metric metric = workloads::Metric::top1;
  double chance = 0;
  double float_accuracy = 0;                          ///< on the scored samples
  MeanAndError reference;                             ///< by nonideality: on the ideal tile; by layer: all analog
  std::vector<NonidealitySensitivity> nonidealities;  ///< empty in a study by layer
  std::vector<LayerSensitivity> layers;               ///< empty in a study by nonideality
  bool interrupted = false;                           ///< by Ctrl-C: only the finished rows are there
  double wall_s = 0;
};

/// Studies each nonideality alone, on tiles that are otherwise ideal but split and scale matrices as in the design. Layers that the design sets to
/// digital are digital; other settings of layers are ignored. Throws UserError for data that do not fit, a float network that is no better than
/// guessing, and a network that is below the threshold on ideal tiles; Interrupted if no row was finished.
Sensitivity study_nonidealities(const Design& design, const workloads::Network& network, const workloads::DataDescription& data,
                                const SensitivityOptions& options);

/// Studies each analog layer alone, on the design as it is. Throws as study_nonidealities, and UserError if no layer is analog.
Sensitivity study_layers(const Design& design, const workloads::Network& network, const workloads::DataDescription& data,
                         const SensitivityOptions& options);

/// Either study as a JSON object; `id`: its number in the database.
base::Json sensitivity_json(const Sensitivity& study, const std::string& design, std::int64_t id);

/// Either study as horizontal bars with 95 % intervals, the most harmful first, as the text of an SVG file. `design`: its name.
std::string sensitivity_svg(const Sensitivity& study, const std::string& design);

}  // namespace mho::analysis
