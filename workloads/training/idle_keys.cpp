#include "workloads/training/idle_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "workloads/graph/adapters.h"

namespace mho::workloads {

namespace {

struct IdleRule {
  bool idle;
  std::vector<std::string> keys;  ///< a final '.' stands for all keys below
  std::string why;
};
using IdleRules = std::vector<IdleRule>;

template <class Condition>
bool every_tile(const RecipeSubject& subject, const Condition& condition) {
  return std::ranges::all_of(subject.tiles.settings(), condition);
}

/// Adam and AdamW are equal without weight decay.
bool is_the_usual_adam(const Recipe& recipe, const RecipeSubject& subject) {
  using Kind = Recipe::Optimiser::Kind;
  const auto is_adam = [](Kind kind) { return kind == Kind::adam || kind == Kind::adamw; };
  return recipe.optimiser.weight_decay == 0 && is_adam(recipe.optimiser.kind) && is_adam(usual_optimiser(kind_of(subject.network)));
}

/// Rules that depend on the network, its data and its tiles. `usual_share` of the samples is held out.
IdleRules rules_of_subject(const Recipe& recipe, const RecipeSubject& subject, double usual_share) {
  using tiles::TileParameters;
  const Network& network = subject.network;
  const bool has_convolutions = std::ranges::any_of(network.nodes, [](const Node& node) { return node.on_tiles() && node.window() != nullptr; });
  const bool is_exact = every_tile(subject, [](const TileParameters& tile) {
    return !tile.dac.bits && !tile.adc.bits && !tile.adc.bound && tile.digital.activation_format.kind == periphery::NumberFormat::Kind::float32;
  });
  // The held-out samples are at most those that are scored.
  const double scored = static_cast<double>(recipe.validation.samples) / std::max(1.0, static_cast<double>(subject.training_samples));
  const double left = subject.has_validation ? 1.0 : 1.0 - std::min(recipe.validation.share.value_or(0.0), scored);
  const auto batches = static_cast<std::int64_t>(std::floor(left * static_cast<double>(subject.training_samples) / recipe.batch)) * recipe.epochs;
  return {
      {is_exact, {"hardware.converters"}, "the design has no converters that round or clip"},
      {every_tile(subject, [](const TileParameters& tile) { return tile.output_noise == 0; }),
       {"hardware.output_noise"},
       "the design has no output noise"},
      {every_tile(subject, [](const TileParameters& tile) { return tile.read_noise_scale == 0; }),
       {"hardware.read_noise"},
       "the design has no read noise"},
      {every_tile(subject, [](const TileParameters& tile) { return tile.wires.kind == tiles::Wires::Kind::none; }),
       {"hardware.ir_drop"},
       "the design has no voltage drop"},
      {every_tile(subject, [](const TileParameters& tile) { return tile.scaling != tiles::Scaling::column; }),
       {"scales.learned", "scales.rate"},
       "the columns of a tile share one scale (tile.mapping.scale)"},
      {every_tile(subject, [](const TileParameters& tile) { return !tile.input_range.is_static(); }),
       {"ranges."},
       "every vector sets its own range (tile.input_range.kind)"},
      {recipe.noise.kind == tiles::WeightNoiseKind::device && subject.tiles.standard().device.kind == tiles::DeviceKind::ideal,
       {"noise.scale", "noise.ramp", "noise.spread"},
       "tile.device.kind is ideal"},
      {recipe.ranges.learned && batches <= recipe.ranges.initial_batches,
       {"ranges.rate", "ranges.decay", "ranges.inside"},
       fmt::format("the training ends within ranges.initial_batches ({})", recipe.ranges.initial_batches)},
      {is_the_usual_adam(recipe, subject), {"optimiser.kind"}, "without optimiser.weight_decay adam and adamw are the same"},
      {hidden_layers(network).empty(), {"distillation.hidden"}, "the network has no layer with weights before the last"},
      {!has_convolutions, {"normalisation.samples"}, "the network has no convolution"},
      {subject.has_validation, {"validation.share"}, "the data describe a validation split"},
      {std::min(recipe.validation.share.value_or(0.0), usual_share) >= scored, {"validation.share"}, "validation.samples is less"},
  };
}

/// Rules that depend on other keys.
IdleRules rules_of_recipe(const Recipe& recipe) {
  using Clip = Recipe::Clip::Kind;
  using Schedule = Recipe::Schedule::Kind;
  using Noise = tiles::WeightNoiseKind;
  constexpr double least_rise = 0.1;  // of Schedule::factor
  const Recipe::Noise& noise = recipe.noise;
  const Recipe::Ranges& ranges = recipe.ranges;
  return {
      {!recipe.hardware.analog,
       {"noise.", "drop_connect", "hardware.converters", "hardware.output_noise", "hardware.read_noise", "hardware.ir_drop", "scales.", "ranges.",
        "clip."},
       "hardware.analog is false"},
      {noise.kind == Noise::none, {"noise.scale", "noise.sigma", "noise.ramp", "noise.spread"}, "noise.kind is off"},
      {noise.scale == 0, {"noise.kind", "noise.sigma", "noise.ramp", "noise.spread"}, "noise.scale is 0"},
      {noise.kind != Noise::constant, {"noise.sigma"}, "only noise.kind constant has a deviation of its own"},
      {noise.kind == Noise::constant && noise.sigma == 0, {"noise.scale", "noise.ramp", "noise.spread"}, "noise.sigma is 0"},
      {recipe.optimiser.kind != Recipe::Optimiser::Kind::sgd, {"optimiser.momentum"}, "only optimiser.kind sgd has a momentum"},
      {recipe.schedule.kind == Schedule::constant, {"schedule.last"}, "schedule.kind is constant"},
      {recipe.schedule.warmup >= 1, {"schedule.last"}, "schedule.warmup is 1"},
      {recipe.schedule.kind == Schedule::one_cycle && recipe.schedule.warmup <= least_rise,
       {"schedule.warmup"},
       "schedule.kind one_cycle rises for 0.1 at least"},
      {!recipe.scales.learned, {"scales.rate"}, "scales.learned is false"},
      {!ranges.learned,
       {"ranges.rate", "ranges.initial_batches", "ranges.initial_sigmas", "ranges.decay", "ranges.inside"},
       "ranges.learned is false"},
      {recipe.adapters.rank == 0, {"adapters.layers"}, "adapters.rank is off"},
      {recipe.adapters.rank > 0,
       {"layers.frozen", "scales.", "clip.", "normalisation.samples"},
       "adapters.rank leaves all numbers of the network as they are"},
      {ranges.rate == 0, {"ranges.decay", "ranges.inside"}, "ranges.rate is 0"},
      {ranges.decay == 0, {"ranges.inside"}, "ranges.decay is 0"},
      {ranges.inside >= 1, {"ranges.decay"}, "ranges.inside is 1"},
      {recipe.clip.kind != Clip::fixed, {"scales.remap"}, "only clip.kind fixed keeps scales from following the largest weights"},
      {recipe.clip.kind != Clip::gaussian && recipe.scales.remap == 1,
       {"clip.kind"},
       "scales.remap is 1: scales follow the largest weights in every step"},
      {recipe.clip.kind != Clip::gaussian, {"clip.sigmas"}, "only clip.kind gaussian counts deviations"},
      {recipe.distillation.weight == 0, {"distillation.temperature"}, "distillation.weight is 0"},
  };
}

}  // namespace

std::vector<std::string> idle_keys(const base::Config& config, const Recipe& recipe, const RecipeSubject& subject) {
  IdleRules rules = rules_of_recipe(recipe);
  const IdleRules more = rules_of_subject(recipe, subject, std::get<double>(config.declaration("validation.share").default_value));
  rules.insert(rules.end(), more.begin(), more.end());
  std::vector<std::string> sentences;
  for (const base::Declaration& declaration : config.declarations()) {
    const std::string& key = declaration.key;
    if (config.origin(key).kind == base::ValueSource::Kind::declared_default || config.value(key) == declaration.default_value) continue;
    for (const IdleRule& rule : rules) {
      const auto names = [&key](const std::string& listed) { return listed.ends_with('.') ? key.starts_with(listed) : key == listed; };
      if (!rule.idle || std::ranges::none_of(rule.keys, names)) continue;
      sentences.push_back(fmt::format("{} ({}) has no effect: {}", key, config.origin(key).text(), rule.why));
      break;
    }
  }
  return sentences;
}

}  // namespace mho::workloads
