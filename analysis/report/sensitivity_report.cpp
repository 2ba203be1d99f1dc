// Output of sensitivity studies: JSON and pictures.
#include <fmt/format.h>

#include <cmath>

#include "analysis/plot/bar_plot.h"
#include "analysis/study/sensitivity.h"
#include "base/index.h"
#include "base/statistics.h"

namespace mho::analysis {

namespace {

using base::percent;

base::Json number_or_null(const std::optional<double>& value) { return value ? base::Json(*value) : base::Json(); }

base::Json mean_json(const std::optional<MeanAndError>& value) {
  if (!value) return {};
  base::Json json;
  json["mean"] = value->mean;
  json["sem"] = number_or_null(value->sem);
  return json;
}

base::Json crossing_json(const ThresholdSearch& crossing) {
  base::Json json;
  json["value"] = number_or_null(crossing.at);
  json["why_not"] = crossing.at ? base::Json() : base::Json(crossing.why);
  return json;
}

base::Json difference_json(const PairedDifference& difference) {
  base::Json json;
  json["mean"] = difference.mean;
  json["sem"] = number_or_null(difference.sem);
  json["low"] = number_or_null(difference.low);
  json["high"] = number_or_null(difference.high);
  json["decided"] = difference.decided();
  return json;
}

/// "2.83 bit", or the reason why there is no value.
std::string crossing_text(const ThresholdSearch& crossing, const std::string& unit) {
  const std::string value = crossing.at ? fmt::format("{:.3g}", *crossing.at) : crossing.why;
  return unit.empty() ? value : value + " " + unit;
}

/// "strokes on default, seed 1: one nonideality at a time".
std::string study_headline(const Sensitivity& study, const std::string& design, const char* what) {
  return fmt::format("{} on {}, seed {}: one {} at a time", study.network, design, study.options.seed, what);
}

std::string nonidealities_svg(const Sensitivity& study, const std::string& design) {
  BarPanel tolerated{fmt::format("Error borne at {:g} % of the accuracy", percent * study.options.threshold), "relative error of an MVM (%)", {}};
  BarPanel left{fmt::format("Accuracy at an MVM error of {:g} %", percent * study.options.error), "normalised accuracy (%)", {}};
  const double whole = std::abs(study.float_accuracy - study.chance);
  for (const NonidealitySensitivity& row : study.nonidealities) {
    Bar error{.name = row.name, .value = {}, .note = (row.at_threshold.at ? "at " : "") + crossing_text(row.at_threshold, row.unit)};
    if (row.error_at_threshold) error.value = percent * *row.error_at_threshold;
    if (row.error_certain) error.low = percent * *row.error_certain;
    if (row.error_possible) error.high = percent * *row.error_possible;
    tolerated.bars.push_back(error);
    Bar accuracy{.name = row.name, .value = {}, .note = (row.at_error.at ? "at " : "") + crossing_text(row.at_error, row.unit)};
    if (row.normalised_at_error) {
      accuracy.value = percent * *row.normalised_at_error;
      if (row.accuracy_at_error->sem) {
        const double reach = percent * base::confidence_95(static_cast<std::size_t>(study.options.repeats)) * *row.accuracy_at_error->sem / whole;
        accuracy.low = *accuracy.value - reach;
        accuracy.high = *accuracy.value + reach;
      }
    }
    left.bars.push_back(accuracy);
  }
  // The most harmful nonideality comes first.
  for (BarPanel* panel : {&tolerated, &left}) sort_bars(panel->bars, false);
  return bars_svg(study_headline(study, design, "nonideality"), {tolerated, left});
}

std::string layers_svg(const Sensitivity& study, const std::string& design) {
  const bool share = workloads::is_share(study.metric);
  const double scale = share ? percent : 1.0;
  const std::string unit = share ? "points of " + workloads::metric_name(study.metric) + " (%)" : workloads::metric_name(study.metric);
  BarPanel lost{"Lost when only this layer is analog", unit, {}};
  BarPanel won{"Won when only this layer is digital", unit, {}};
  const auto bar = [&](const std::string& name, const PairedDifference& difference) {
    Bar one{.name = name, .value = scale * difference.mean, .note = difference.decided() || !difference.low ? "" : "undecided"};
    if (difference.low) one.low = scale * *difference.low;
    if (difference.high) one.high = scale * *difference.high;
    return one;
  };
  for (const LayerSensitivity& row : study.layers) {
    lost.bars.push_back(bar(row.name, row.lost));
    won.bars.push_back(bar(row.name, row.won));
  }
  for (BarPanel* panel : {&lost, &won}) sort_bars(panel->bars, true);
  return bars_svg(study_headline(study, design, "layer"), {lost, won});
}

}  // namespace

base::Json sensitivity_json(const Sensitivity& study, const std::string& design, std::int64_t id) {
  base::Json json;
  json["study"] = id;
  json["network"] = study.network;
  json["data"] = study.data;
  json["design"] = design;
  json["time_s"] = study.options.time_s;
  json["seed"] = study.options.seed;
  json["repeats"] = study.options.repeats;
  json["samples"] = static_cast<std::int64_t>(study.samples.scored);
  json["metric"] = workloads::metric_name(study.metric);
  json["chance"] = study.chance;
  json["float_accuracy"] = study.float_accuracy;
  json["interrupted"] = study.interrupted;
  json["reference"] = mean_json(study.reference);
  base::Json::Array nonidealities, layers;
  for (const NonidealitySensitivity& row : study.nonidealities) {
    base::Json one;
    one["name"] = row.name;
    one["unit"] = row.unit;
    base::Json::Array keys;
    for (const std::string& key : row.keys) keys.emplace_back(key);
    one["keys"] = keys;
    one["at_threshold"] = crossing_json(row.at_threshold);
    one["certain"] = number_or_null(row.certain);
    one["possible"] = number_or_null(row.possible);
    one["error_at_threshold"] = number_or_null(row.error_at_threshold);
    one["error_certain"] = number_or_null(row.error_certain);
    one["error_possible"] = number_or_null(row.error_possible);
    one["at_error"] = crossing_json(row.at_error);
    one["accuracy_at_error"] = mean_json(row.accuracy_at_error);
    one["normalised_at_error"] = number_or_null(row.normalised_at_error);
    nonidealities.push_back(one);
  }
  for (const LayerSensitivity& row : study.layers) {
    base::Json one;
    one["name"] = row.name;
    one["lost"] = difference_json(row.lost);
    one["won"] = difference_json(row.won);
    layers.push_back(one);
  }
  if (!study.nonidealities.empty()) {
    json["threshold"] = study.options.threshold;
    json["error"] = study.options.error;
    json["nonidealities"] = nonidealities;
  }
  if (!study.layers.empty()) json["layers"] = layers;
  return json;
}

std::string sensitivity_svg(const Sensitivity& study, const std::string& design) {
  return study.layers.empty() ? nonidealities_svg(study, design) : layers_svg(study, design);
}

}  // namespace mho::analysis
