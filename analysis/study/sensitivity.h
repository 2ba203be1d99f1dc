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
  double time_s = 1;                   ///< after programming
  int repeats = 5;                     ///< programmings, the same ones at every setting
  std::optional<std::size_t> samples;  ///< scored; empty: 1000, or as many as there are
  std::uint64_t seed = 1;
  int threads = 1;          ///< never changes a bit
  double threshold = 0.99;  ///< normalised accuracy whose crossing is searched, between 0 and 1
  std::string only{};       ///< patterns of nonidealities, separated by commas; empty: all
  double error = 0.2;       ///< relative error of the reference tile at which accuracies are compared
  int tiles = 2;            ///< reference tiles, 512 x 512 whatever the design has
  int vectors = 32;         ///< inputs of each
};

/// What a network bears of one nonideality on an otherwise ideal tile.
struct NonidealitySensitivity {
  std::string name, unit;
  std::vector<std::string> keys;
  ThresholdSearch at_threshold;  ///< the value at which mean normalised accuracy falls to the threshold
  /// Values at which the lower and the upper end of its 95 % interval over programmings do: accuracy is kept for certain up to the first, lost for
  /// certain from the second on. Empty where that is at no value of the search, or where a single programming has no interval.
  std::optional<double> certain, possible;
  std::optional<double> error_at_threshold;             ///< relative error of the reference tile at that value
  std::optional<double> error_certain, error_possible;  ///< at `certain` and `possible`
  ThresholdSearch at_error;                             ///< the value that gives the reference tile the asked error
  std::optional<MeanAndError> accuracy_at_error;        ///< the metric at that value
  std::optional<double> normalised_at_error;
};

/// What one analog layer costs, in the metric; above 0 means worse for being analog. Differences of the same programmings and samples.
struct LayerSensitivity {
  std::string name;
  PairedDifference lost;  ///< by this layer being the only analog one, against all digital
  PairedDifference won;   ///< by this layer being the only digital one, against all as designed
};

/// A study of one network. Plain data: a function of design, network, data and options (wall time aside).
struct Sensitivity {
  std::string network, network_hash, data, data_hash;
  std::int64_t weights = 0;
  SamplePlan samples;
  SensitivityOptions options;
  workloads::Metric metric = workloads::Metric::top1;
  double chance = 0;
  double float_accuracy = 0;                          ///< of the scored samples
  MeanAndError reference;                             ///< by nonideality: on the ideal tile; by layer: all analog
  std::vector<NonidealitySensitivity> nonidealities;  ///< empty in a study by layer
  std::vector<LayerSensitivity> layers;               ///< empty in a study by nonideality
  bool interrupted = false;                           ///< the rows that were finished are there
  double wall_s = 0;
};

/// Every nonideality alone, on tiles that are otherwise ideal but split and scale matrices as the design does. Layers that the design sets to
/// digital are digital; other settings of layers do not count. Throws UserError (data that do not fit, a float network that only guesses, a network
/// that is below the threshold on ideal tiles) and Interrupted, the latter when no row was finished.
Sensitivity study_nonidealities(const Design& design, const workloads::Network& network, const workloads::DataDescription& data,
                                const SensitivityOptions& options);

/// Every analog layer alone, with the design as it is. Throws as study_nonidealities, and where no layer is analog.
Sensitivity study_layers(const Design& design, const workloads::Network& network, const workloads::DataDescription& data,
                         const SensitivityOptions& options);

/// Either study as one object for scripts; `id` is that in the database.
base::Json sensitivity_json(const Sensitivity& study, const std::string& design, std::int64_t id);

/// Either study as horizontal bars with their 95 % intervals, what harms most first: the text of an SVG file. `design`: its name.
std::string sensitivity_svg(const Sensitivity& study, const std::string& design);

}  // namespace mho::analysis
