// What a study of sensitivities looks like to scripts and to readers of pictures.
#include <fmt/format.h>

#include "analysis/plot/bar_plot.h"
#include "analysis/study/sensitivity.h"
#include "base/index.h"

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

/// "2.83 bit", or why there is no value.
std::string crossing_text(const ThresholdSearch& crossing, const std::string& unit) {
  const std::string value = crossing.at ? fmt::format("{:.3g}", *crossing.at) : crossing.why;
  return unit.empty() ? value : value + " " + unit;
}

std::string nonidealities_svg(const Sensitivity& study) {
  std::vector<std::string> labels;
  BarPanel tolerated{fmt::format("Error borne at {:g} % of the accuracy", percent * study.options.threshold), "relative error of an MVM (%)", {}};
  BarPanel left{fmt::format("Accuracy at an MVM error of {:g} %", percent * study.options.error), "normalised accuracy (%)", {}};
  for (const NonidealitySensitivity& row : study.nonidealities) {
    labels.push_back(row.name);
    Bar& error = tolerated.bars.emplace_back();
    if (row.error_at_threshold) error.value = percent * *row.error_at_threshold;
    error.note = (row.at_threshold.at ? "at " : "") + crossing_text(row.at_threshold, row.unit);
    Bar& accuracy = left.bars.emplace_back();
    if (row.normalised_at_error) accuracy.value = percent * *row.normalised_at_error;
    accuracy.note = (row.at_error.at ? "at " : "") + crossing_text(row.at_error, row.unit);
  }
  return bars_svg(fmt::format("{}: one nonideality at a time", study.network), labels, {tolerated, left});
}

std::string layers_svg(const Sensitivity& study) {
  const bool share = workloads::is_share(study.metric);
  const double scale = share ? percent : 1.0;
  const std::string unit = share ? "points of " + workloads::metric_name(study.metric) + " (%)" : workloads::metric_name(study.metric);
  std::vector<std::string> labels;
  BarPanel lost{"Lost when only this layer is analog", unit, {}};
  BarPanel won{"Won when only this layer is digital", unit, {}};
  const auto bar = [&](const PairedDifference& difference) {
    Bar one{scale * difference.mean, {}, {}, difference.decided() || !difference.low ? "" : "undecided"};
    if (difference.low) one.low = scale * *difference.low;
    if (difference.high) one.high = scale * *difference.high;
    return one;
  };
  for (const LayerSensitivity& row : study.layers) {
    labels.push_back(row.name);
    lost.bars.push_back(bar(row.lost));
    won.bars.push_back(bar(row.won));
  }
  return bars_svg(fmt::format("{}: one layer at a time", study.network), labels, {lost, won});
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

std::string sensitivity_svg(const Sensitivity& study) { return study.layers.empty() ? nonidealities_svg(study) : layers_svg(study); }

}  // namespace mho::analysis
