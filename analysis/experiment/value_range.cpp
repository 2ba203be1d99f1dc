#include "analysis/experiment/value_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/index.h"
#include "workloads/execution/result_rounding.h"

namespace mho::analysis {

namespace {

using periphery::NumberFormat;
using periphery::OutsideFormat;

std::optional<FormatShares> shares(const NumberFormat& format, const OutsideFormat& outside) {
  if (format.kind == NumberFormat::Kind::float32 || outside.values == 0) return std::nullopt;
  const auto all = static_cast<double>(outside.values);
  return FormatShares{static_cast<double>(outside.overflow) / all, static_cast<double>(outside.underflow) / all};
}

/// A layer with the share of its values outside the format and its largest value. Lists are sorted, worst first.
struct Finding {
  std::string layer;
  double share = 0;
  float largest = 0;
};

std::string listed(std::vector<Finding> findings, std::string_view what) {
  constexpr std::size_t named = 3;
  std::ranges::stable_sort(findings, std::greater(), &Finding::share);
  std::string text;
  for (std::size_t i = 0; i < std::min(named, findings.size()); ++i) {
    const Finding& finding = findings[i];
    text += fmt::format("{}layer {}: {:.3g} % of its {}, the largest {:.4g}", i > 0 ? "; " : "", finding.layer, base::percent * finding.share, what,
                        finding.largest);
  }
  if (findings.size() > named) text += fmt::format("; and {} more layers", findings.size() - named);
  return text;
}

/// Warns if many values are clipped or round to zero. A few of them are normal.
void check_integers(std::vector<std::string>& warnings, const NumberFormat& format, std::string_view key, std::string_view what,
                    std::vector<Finding> over, std::vector<Finding> under) {
  constexpr double often = 1e-3, most = 0.5;
  std::erase_if(over, [](const Finding& finding) { return finding.share < often; });
  std::erase_if(under, [](const Finding& finding) { return finding.share < most; });
  if (!over.empty()) {
    warnings.push_back(
        fmt::format("{} beyond the largest magnitude of the calibration are clipped by {} ({}); calibrate with samples like those of the test", what,
                    format.text(), listed(over, what)));
  }
  if (!under.empty()) {
    warnings.push_back(fmt::format("{} below half a step of {} become 0 ({}); {} takes more bits, or a floating-point format", what, format.text(),
                                   listed(under, what), key));
  }
}

/// Adds warnings about one format of all layers. `of` returns the counts of a layer, or null if it has none.
template <class Of>
void check(std::vector<std::string>& warnings, const workloads::Network& network, const NumberFormat& format, std::string_view key,
           std::string_view what, const Of& of) {
  std::vector<Finding> over, under;
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    const OutsideFormat* outside = of(n);
    if (outside == nullptr || outside->values == 0) continue;
    const auto all = static_cast<double>(outside->values);
    const Finding finding{network.nodes[n].name, 0, outside->largest};
    if (outside->overflow > 0) {
      over.push_back(finding);
      over.back().share = static_cast<double>(outside->overflow) / all;
    } else if (outside->underflow > 0 && (format.kind == NumberFormat::Kind::integer || outside->largest < periphery::smallest_normal(format))) {
      under.push_back(finding);
      under.back().share = static_cast<double>(outside->underflow) / all;
    }
  }
  if (format.kind == NumberFormat::Kind::integer) return check_integers(warnings, format, key, what, over, under);
  if (!over.empty()) {
    warnings.push_back(fmt::format("{} beyond the largest number of {}, {:.5g}, take that value ({}); {} bfloat16 or float32 holds them", what,
                                   format.text(), periphery::largest_number(format), listed(over, what), key));
  }
  if (!under.empty()) {
    warnings.push_back(fmt::format("{} below the smallest number of {} become 0 ({}); {} bfloat16 or float32 holds them", what, format.text(),
                                   listed(under, what), key));
  }
}

}  // namespace

void add_format_shares(std::vector<LayerResult>& layers, const workloads::TiledNetwork& tiled, const workloads::AnalogEvaluation& evaluation) {
  const periphery::DigitalParameters& digital = tiled.tiles.standard().digital;
  const std::optional<workloads::ResultRounding> rounding = workloads::result_rounding(tiled);
  std::map<std::string, LayerResult*> by_name;
  for (LayerResult& layer : layers) by_name[layer.name] = &layer;
  for (std::size_t n = 0; n < tiled.network.nodes.size(); ++n) {
    const auto found = by_name.find(tiled.network.nodes[n].name);
    if (found == by_name.end()) continue;
    found->second->results = shares(digital.result_format, evaluation.outside_results.at(n));
    if (rounding && digital.result_format.kind == NumberFormat::Kind::integer) {
      found->second->result_scale = rounding->scale(n, workloads::RoundedTensor::result);
    }
  }
  for (const workloads::NodeStatistics& node : evaluation.nodes) {
    const auto found = by_name.find(node.node);
    if (found == by_name.end()) continue;
    found->second->partial_sums = shares(digital.partial_sum_format, node.mvm.partial_sums);
    found->second->scales = shares(digital.scale_format, node.outside_scales);
  }
}

std::vector<std::string> format_warnings(const workloads::TiledNetwork& tiled, const workloads::AnalogEvaluation& evaluation) {
  const periphery::DigitalParameters& digital = tiled.tiles.standard().digital;
  std::map<std::string, const workloads::NodeStatistics*> on_tiles;
  for (const workloads::NodeStatistics& node : evaluation.nodes) on_tiles[node.node] = &node;
  const auto statistics = [&](std::size_t n) {
    const auto found = on_tiles.find(tiled.network.nodes[n].name);
    return found == on_tiles.end() ? nullptr : found->second;
  };
  std::vector<std::string> warnings;
  check(warnings, tiled.network, digital.result_format, "digital.result_format", "results",
        [&](std::size_t n) { return &evaluation.outside_results.at(n); });
  check(warnings, tiled.network, digital.partial_sum_format, "digital.partial_sum_format", "partial sums",
        [&](std::size_t n) { return statistics(n) == nullptr ? nullptr : &statistics(n)->mvm.partial_sums; });
  std::vector<Finding> lost;
  for (const workloads::NodeStatistics& node : evaluation.nodes) {
    if (const OutsideFormat& scales = node.outside_scales; scales.underflow > 0) {
      lost.push_back({node.node, static_cast<double>(scales.underflow) / static_cast<double>(scales.values), scales.largest});
    }
  }
  if (!lost.empty()) {
    warnings.push_back(
        fmt::format("column scales that are too small beside their matrix's largest for {} take its smallest number ({}); "
                    "digital.scale_format bfloat16 or float32 holds them",
                    digital.scale_format.text(), listed(lost, "scales")));
  }
  return warnings;
}

namespace {

/// Range of the values of the first 100 samples: "they reach from 0 to 255".
std::string reach(const workloads::Dataset& test, std::size_t first) {
  constexpr std::size_t enough = 100;
  std::vector<float> values(static_cast<std::size_t>(workloads::element_count(test.sample_shape())));
  float least = 0, most = 0;
  bool begun = false;
  for (std::size_t sample = first; sample < std::min(test.size(), first + enough); ++sample) {
    test.load(sample, values);
    const auto [low, high] = std::ranges::minmax(values);
    least = begun ? std::min(least, low) : low;
    most = begun ? std::max(most, high) : high;
    begun = true;
  }
  return fmt::format("its inputs reach from {:.4g} to {:.4g}", least, most);
}

/// Whether guessing can give the float result of the network: a share within two standard deviations of chance, or an error not below that of
/// guessing.
bool guesses(const Result& result) {
  if (!workloads::is_share(result.metric)) return result.float_accuracy_scored >= result.chance;
  constexpr double deviations = 2;
  const double spread = std::sqrt(result.chance * (1 - result.chance) / static_cast<double>(result.samples.scored));
  return result.float_accuracy_scored <= result.chance + deviations * spread;
}

}  // namespace

std::vector<std::string> input_warnings(const Result& result, const workloads::Dataset& test) {
  std::vector<std::string> warnings;
  constexpr std::size_t enough_samples = 20;
  constexpr const char* advice = "are samples scaled as in training (scale in the description of data)?";
  if (result.samples.scored >= enough_samples && guesses(result)) {
    warnings.push_back(fmt::format("the float network is no better than guessing on {} ({:.4g} against {:.4g}): {}; {}", test.name(),
                                   result.float_accuracy_scored, result.chance, reach(test, result.samples.first), advice));
  }
  constexpr double many = 0.1;
  const auto layer = std::ranges::find_if(result.layers, [](const LayerResult& each) { return each.clipped_inputs.has_value(); });
  if (layer != result.layers.end() && *layer->clipped_inputs > many) {
    warnings.push_back(fmt::format("{:.0f} % of the inputs of {}, the first layer on tiles, lie outside what calibration saw: {}; {}",
                                   100 * *layer->clipped_inputs, layer->name, reach(test, result.samples.first), advice));
  }
  return warnings;
}

}  // namespace mho::analysis
