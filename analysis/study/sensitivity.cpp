#include "analysis/study/sensitivity.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>

#include "analysis/design/layer_rules.h"
#include "analysis/experiment/prepare.h"
#include "analysis/experiment/wire_time.h"
#include "analysis/study/nonidealities.h"
#include "analysis/study/reference_error.h"
#include "base/design_file/patterns.h"
#include "base/error.h"
#include "base/progress.h"
#include "base/statistics.h"
#include "workloads/execution/calibration.h"
#include "workloads/execution/evaluation.h"

namespace mho::analysis {

namespace {

/// Choice: one sample is then a tenth of the lost percent that is searched for.
constexpr std::size_t usual_samples = 1000;

SamplePlan plan_of(const workloads::DataDescription& data, const SensitivityOptions& options) {
  ExperimentOptions experiment;
  experiment.samples = options.samples;
  SamplePlan plan = plan_samples(data, experiment);
  if (!options.samples) plan.scored = std::min(plan.scored, usual_samples);
  return plan;
}

/// The part that both studies share: checks, network, data and float accuracy.
Sensitivity begin(const workloads::Network& network, const workloads::DataDescription& data, const SensitivityOptions& options) {
  if (options.repeats < 1 || !(options.threshold > 0 && options.threshold < 1) || !(options.error > 0)) {
    throw std::logic_error("sensitivity: options that mean nothing");
  }
  workloads::check_fit(network, *data.test);
  if (data.calibration) workloads::check_fit(network, *data.calibration);
  Sensitivity study;
  study.network = network.name;
  study.network_hash = network.hash;
  study.data = data.test->name();
  study.data_hash = data.test->hash();
  study.weights = network.weights();
  study.options = options;
  study.metric = data.test->metric();
  study.chance = data.test->chance();
  study.samples = plan_of(data, options);
  study.float_accuracy = workloads::evaluate_float(network, *data.test, study.samples.first, study.samples.scored, options.threads);
  const double above = workloads::is_share(study.metric) ? study.float_accuracy - study.chance : study.chance - study.float_accuracy;
  if (!std::isfinite(study.chance)) {
    throw base::UserError(fmt::format("data {}: the score of guessing is unknown for {}, so no accuracy can be normalised", study.data,
                                      workloads::metric_name(study.metric)));
  }
  if (!(above > 0)) {
    throw base::UserError(
        fmt::format("the float network {} reaches {:.4g} on {} samples of {} and guessing {:.4g} ({}): there is no accuracy to lose. Is it the data "
                    "that it was trained for, scaled as then?",
                    study.network, study.float_accuracy, study.samples.scored, study.data, study.chance, workloads::metric_name(study.metric)));
  }
  return study;
}

/// One network on tiles, for many settings of the tiles: layout, calibration, programmings and samples are the same for all.
class Bench {
 public:
  /// Calibrates `tiled`.
  Bench(workloads::TiledNetwork tiled, const workloads::DataDescription& data, const Sensitivity& study)
      : data_(*data.test), study_(study), tiled_(std::move(tiled)) {
    const workloads::Dataset& samples = data.calibration ? *data.calibration : *data.test;
    tiled_.calibration = workloads::calibrate(tiled_, samples, 0, study.samples.calibration_samples, study.options.threads);
  }

  /// The metric of every programming instance.
  [[nodiscard]] std::vector<double> accuracy() const {
    workloads::EvaluationOptions options;
    options.times_s = {study_.options.time_s};
    options.repeats = study_.options.repeats;
    options.seed = study_.options.seed;
    options.threads = study_.options.threads;
    options.first_sample = study_.samples.first;
    options.samples = study_.samples.scored;
    options.label = "";
    workloads::AnalogEvaluation evaluation = workloads::evaluate_analog(tiled_, data_, options);
    // Means over fewer programming instances would not be comparable.
    if (evaluation.interrupted) throw base::Interrupted();
    return std::move(evaluation.times.front().by_repeat);
  }
  /// Replaces the settings of the tiles; returns the new accuracy().
  [[nodiscard]] std::vector<double> accuracy_on(tiles::LayerTiles tiles) {
    tiled_.tiles = std::move(tiles);
    return accuracy();
  }
  /// Replaces the network by one with other digital matrices; returns the new accuracy().
  [[nodiscard]] std::vector<double> accuracy_of(workloads::Network network) {
    tiled_.network = std::move(network);
    return accuracy();
  }
  [[nodiscard]] const workloads::TiledNetwork& tiled() const { return tiled_; }

 private:
  const workloads::Dataset& data_;
  const Sensitivity& study_;
  workloads::TiledNetwork tiled_;
};

/// Calls `row` for 0..count-1. A Ctrl-C after the first row ends the loop and keeps the finished rows. Returns whether it was interrupted.
template <class Row>
bool interrupted_in(std::size_t count, const Row& row) {
  for (std::size_t i = 0; i < count; ++i) {
    try {
      base::check_interrupt();
      row(i);
    } catch (const base::Interrupted&) {
      if (i == 0) throw;
      base::acknowledge_interrupt();
      return true;
    }
  }
  return false;
}

/// The searches of one nonideality. Accuracies are kept, because several searches use the same settings.
class Search {
 public:
  Search(const Design& design, const Nonideality& nonideality, Bench& bench, ReferenceError& reference, const Sensitivity& study,
         const std::function<void()>& advance)
      : design_(design), nonideality_(nonideality), bench_(bench), reference_(reference), study_(study), advance_(advance) {}

  [[nodiscard]] NonidealitySensitivity run() {
    NonidealitySensitivity row;
    row.name = nonideality_.name;
    row.unit = nonideality_.unit;
    row.keys = nonideality_.keys;
    const SensitivityOptions& options = study_.options;
    row.at_threshold = threshold_crossing(0);
    if (row.at_threshold.at && options.repeats > 1) {
      const double reach = base::confidence_95(static_cast<std::size_t>(options.repeats));
      row.certain = threshold_crossing(-reach).at;
      row.possible = threshold_crossing(reach).at;
    }
    if (row.at_threshold.at) row.error_at_threshold = reference_.at(nonideality_, *row.at_threshold.at);
    if (row.certain) row.error_certain = reference_.at(nonideality_, *row.certain);
    if (row.possible) row.error_possible = reference_.at(nonideality_, *row.possible);
    row.at_error = reference_.value_for(nonideality_, options.error);
    if (row.at_error.at) {
      row.accuracy_at_error = mean_and_error(accuracy_between(*row.at_error.at));
      row.normalised_at_error = normalised_mean(row.accuracy_at_error->mean);
    }
    return row;
  }

 private:
  /// The setting at which the mean plus `standard_errors` of its standard errors falls to the threshold. All searches start from the same settings,
  /// whose accuracies are kept.
  ThresholdSearch threshold_crossing(double standard_errors) {
    return search_threshold(nonideality_.range, [&](double value) {
      const auto [mean, sem] = mean_and_error(accuracy(value));
      const double reach = std::abs(normalised_mean(mean + sem.value_or(0)) - normalised_mean(mean));
      return study_.options.threshold - normalised_mean(mean) - standard_errors * reach;
    });
  }

  [[nodiscard]] double normalised_mean(double value) const {
    return normalised(value, {study_.chance, study_.float_accuracy, workloads::is_share(study_.metric)}).value();
  }

  const std::vector<double>& accuracy(double value) {
    const auto [found, fresh] = accuracies_.try_emplace(value);
    if (fresh) {
      found->second = bench_.accuracy_on(tiles::TileParameters::read(ideal_but(design_.config, nonideality_, value)));
      advance_();
    }
    return found->second;
  }

  /// Accuracies at a setting; between two whole settings, interpolated linearly.
  std::vector<double> accuracy_between(double value) {
    if (!nonideality_.range.whole) return accuracy(value);
    const double below = std::floor(value), part = value - below;
    std::vector<double> values = accuracy(below);
    if (part == 0) return values;
    const std::vector<double>& above = accuracy(below + 1);
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = (1 - part) * values[k] + part * above[k];
    return values;
  }

  const Design& design_;
  const Nonideality& nonideality_;
  Bench& bench_;
  ReferenceError& reference_;
  const Sensitivity& study_;
  const std::function<void()>& advance_;
  std::map<double, std::vector<double>> accuracies_;
};

/// The design with ideal tiles. Its digital layers stay digital; other settings of layers are removed.
Design with_ideal_tiles(const Design& design) {
  Design ideal = design;
  for (LayerRule& rule : ideal.layers) rule.set.clear();
  ideal.tile = tiles::TileParameters::read(ideal_tile(design.config));
  return ideal;
}

/// Throws UserError if the design leaves no layer on tiles.
void require_analog(const Design& design, workloads::Network network) {
  static_cast<void>(apply_layer_rules(design, network));
  if (std::ranges::all_of(network.matrices, &workloads::Matrix::digital)) {
    throw base::UserError(fmt::format("no layer of {} runs on tiles, so there is no sensitivity to find", network.name));
  }
}

/// Names of the layers with analog matrices. Layers that share matrices with an earlier one are omitted.
std::vector<std::string> analog_layers(const workloads::Network& network) {
  std::set<int> seen;
  std::vector<std::string> names;
  for (const workloads::Node& node : network.nodes) {
    bool fresh = false;
    for (const int matrix : node.matrices) {
      if (!network.matrices[static_cast<std::size_t>(matrix)].digital && seen.insert(matrix).second) fresh = true;
    }
    if (fresh) names.push_back(node.name);
  }
  return names;
}

/// The network after the design's rules, with the layers `digital` set to digital and then `analog`, if not empty, set to analog.
workloads::Network with_digital(const Design& design, const workloads::Network& original, const std::vector<std::string>& digital,
                                const std::string& analog) {
  Design rules = design;
  for (LayerRule& rule : rules.layers) rule.set.clear();  // settings of tiles are not needed here
  for (const std::string& name : digital) rules.layers.push_back({name, true, {}, {}});
  if (!analog.empty()) rules.layers.push_back({analog, false, {}, {}});
  workloads::Network network = original;
  static_cast<void>(apply_layer_rules(rules, network));
  return network;
}

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The nonidealities whose names match one of the patterns; all if there is no pattern. Throws UserError for a pattern without a match.
std::vector<Nonideality> nonidealities_of(const std::string& only) {
  if (only.empty()) return nonidealities();
  std::vector<Nonideality> chosen;
  for (const Nonideality& one : nonidealities()) {
    if (base::matches_any(only, one.name)) chosen.push_back(one);
  }
  for (const std::string& pattern : base::listed(only)) {
    if (std::ranges::any_of(chosen, [&](const Nonideality& one) { return base::matches_any(pattern, one.name); })) continue;
    std::vector<std::string> names;
    for (const Nonideality& one : nonidealities()) names.push_back(one.name);
    throw base::UserError(fmt::format("--only: no nonideality is called '{}'; there are {}", pattern, fmt::join(names, "; ")));
  }
  return chosen;
}

}  // namespace

Sensitivity study_nonidealities(const Design& design, const workloads::Network& network, const workloads::DataDescription& data,
                                const SensitivityOptions& options) {
  const Stopwatch stopwatch;
  const std::vector<Nonideality> table = nonidealities_of(options.only);
  const Design ideal = with_ideal_tiles(design);
  require_analog(ideal, network);
  workloads::TiledNetwork tiled = prepare(ideal, network);
  Sensitivity study = begin(tiled.network, data, options);
  Bench bench(std::move(tiled), data, study);
  study.reference = mean_and_error(bench.accuracy());
  const double share = normalised(study.reference.mean, {study.chance, study.float_accuracy, workloads::is_share(study.metric)}).value();
  if (share < options.threshold) {
    throw base::UserError(fmt::format(
        "on ideal tiles, with nothing but input ranges from the calibration samples, {} already falls to {:.4g} ({}; float {:.4g}, chance "
        "{:.4g}), a normalised {:.2f} % below the threshold of {:g} %. Give calibration data like the test data, or a lower --threshold",
        study.network, study.reference.mean, workloads::metric_name(study.metric), study.float_accuracy, study.chance, 100 * share,
        100 * options.threshold));
  }

  ReferenceError reference(
      design.config,
      {.tiles = options.tiles, .vectors = options.vectors, .times_s = {options.time_s}, .seed = options.seed, .threads = options.threads});
  // Approximate number of settings tried for one nonideality; used by the progress line only.
  constexpr std::uint64_t usual_tries = 20;
  base::Progress progress("sensitivity", usual_tries * table.size());
  study.interrupted = interrupted_in(table.size(), [&](std::size_t i) {
    std::uint64_t tries = 0;
    const std::function<void()> advance = [&] {
      if (++tries <= usual_tries) progress.advance();
    };
    study.nonidealities.push_back(Search(design, table[i], bench, reference, study, advance).run());
    if (tries < usual_tries) progress.advance(usual_tries - tries);
  });
  study.wall_s = stopwatch.seconds();
  return study;
}

Sensitivity study_layers(const Design& design, const workloads::Network& network, const workloads::DataDescription& data,
                         const SensitivityOptions& options) {
  const Stopwatch stopwatch;
  require_analog(design, network);
  workloads::TiledNetwork tiled = prepare(design, network);
  Sensitivity study = begin(tiled.network, data, options);
  Bench bench(std::move(tiled), data, study);
  const std::vector<std::string> layers = analog_layers(bench.tiled().network);
  announce_wire_time(
      exact_wire_seconds(design.tile, bench.tiled().layout, readings(design.tile, 1) * static_cast<std::size_t>(options.repeats), options.threads) *
      static_cast<double>(layers.size() + 1));

  // If the metric is an error, less is better.
  const bool more_is_better = workloads::is_share(study.metric);
  const auto gain = [&](const std::vector<double>& better, const std::vector<double>& worse) {
    return more_is_better ? paired_difference(better, worse) : paired_difference(worse, better);
  };
  base::Progress progress("layers", 2 + 2 * layers.size());
  const auto advanced = [&](std::vector<double> values) {
    progress.advance();
    return values;
  };
  const auto accuracy_with = [&](const std::vector<std::string>& digital, const std::string& analog) {
    return advanced(bench.accuracy_of(with_digital(design, network, digital, analog)));
  };
  const std::vector<double> all_analog = advanced(bench.accuracy());
  const std::vector<double> all_digital = accuracy_with(layers, "");
  study.reference = mean_and_error(all_analog);
  study.interrupted = interrupted_in(layers.size(), [&](std::size_t i) {
    LayerSensitivity row;
    row.name = layers[i];
    row.lost = gain(all_digital, accuracy_with(layers, layers[i]));
    row.won = gain(accuracy_with({layers[i]}, ""), all_analog);
    study.layers.push_back(row);
  });
  study.wall_s = stopwatch.seconds();
  return study;
}

}  // namespace mho::analysis
