#include "analysis/experiment/input_warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mho::analysis {

namespace {

/// "they reach from 0 to 255", of the first samples.
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

/// Whether a network that guesses could have come as far.
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
