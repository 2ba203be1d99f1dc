#include "workloads/training/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <variant>

#include "base/design_file/declare.h"
#include "workloads/graph/operator.h"
#include "workloads/training/idle_keys.h"

namespace mho::workloads {

namespace {

using base::boolean;
using base::Declaration;
using base::Declarations;
using base::whole;
using base::word;

constexpr const char* paper = "Rasch et al., Nat. Commun. 14:5282 (2023), Methods";
constexpr const char* choice_of_ours = "chosen on the networks of docs/study.md";

Declaration real(std::string key, double value, double least, double most, std::string sentence, std::string source) {
  return base::number(std::move(key), "", value, least, most, std::move(sentence), std::move(source));
}

/// Declares a number that may be replaced by a word.
Declaration worded(std::string key, std::string word, double least, double most, std::string sentence, std::string source) {
  std::vector<std::string> words{word};
  return base::number_or(std::move(key), "", std::move(word), least, most, std::move(words), std::move(sentence), std::move(source));
}

/// Values of `auto` for a kind of network.
struct KindDefaults {
  const char* optimiser;
  double rate;
};

KindDefaults defaults_of(NetworkKind kind) {
  switch (kind) {
    case NetworkKind::convolutional:
      return {"adam", 5e-4};
    case NetworkKind::perceptron:
      return {"sgd", 0.01};
    case NetworkKind::recurrent:
      return {"adam", 1e-3};
    case NetworkKind::transformer:
      return {"adamw", 5e-4};
  }
  return {"sgd", 0.01};
}

}  // namespace

Declarations recipe_declarations() {
  constexpr double many = 1e9;
  return {
      whole("epochs", 10, 1, 1e5, "passes over the training data", choice_of_ours),
      whole("batch", 64, 1, 65536, "samples per step", choice_of_ours),
      whole("seed", 1, 0, 9e15, "seed of the sample order, the augmentation and all noise of the training", "user's choice"),
      word("optimiser.kind", "auto", {"auto", "sgd", "adam", "adamw"},
           "optimiser; auto: sgd for perceptrons, adamw for transformers, adam for other networks", choice_of_ours),
      worded("optimiser.rate", "auto", 0, 1e3,
             "largest learning rate; auto: 0.001 for recurrent networks, 0.01 for perceptrons, 0.0005 for other networks", choice_of_ours),
      real("optimiser.momentum", 0.9, 0, 0.9999, "Nesterov momentum of sgd", paper),
      real("optimiser.weight_decay", 0.0, 0, 1, "weight decay; not applied to biases, scales and ranges", paper),
      worded("optimiser.gradient_limit", "off", 1e-9, many, "limit of the Euclidean norm of a step's gradient over all parameters", paper),
      word("schedule.kind", "cosine", {"constant", "linear", "cosine", "one_cycle"}, "course of the learning rate over the training", choice_of_ours),
      real("schedule.warmup", 0.0, 0, 1, "share of the steps in which the rate rises from 0; one_cycle: at least 0.1", choice_of_ours),
      real("schedule.last", 0.0, 0, 1, "learning rate at the end, as a share of the largest rate", choice_of_ours),
      word("noise.kind", "pcm", {"off", "pcm", "constant", "device"},
           "weight noise of each step. pcm: published fit of phase-change cells; constant: equal for all weights; device: that of tile.device",
           paper),
      real("noise.scale", 2.0, 0, 100, "factor on the standard deviations of the weight noise",
           "1 to 3 do well, docs/study.md; Rasch et al. (2023): 2 to 5"),
      real("noise.sigma", 0.02, 0, 1, "standard deviation of kind constant, as a share of the column's largest weight", choice_of_ours),
      real("noise.ramp", 0.1, 0, 1, "share of the steps in which the noise rises linearly from 0", paper),
      real("noise.spread", 0.0, 0, 1, "the noise scale of each batch is drawn uniformly from scale * [1 - spread, 1 + spread]", choice_of_ours),
      real("drop_connect", 0.0, 0, 0.5, "share of weights, drawn at random, that a step reads as 0", paper),
      boolean("hardware.analog", true, "train on tiles; false: plain fine-tuning of the float network, as a reference for comparison", paper),
      boolean("hardware.converters", true, "include the converters of the design", paper),
      boolean("hardware.output_noise", true, "include the output noise of the design", paper),
      boolean("hardware.read_noise", true, "include the short-term read noise of the design", paper),
      boolean("hardware.ir_drop", false, "include the voltage drop of the design; this halves the speed, and leaving it out costs little accuracy",
              paper),
      boolean("scales.learned", true, "train a factor for every column of a tile", paper),
      real("scales.rate", 0.001, 0, 0.1, "relative step size of a scale; follows the schedule of the learning rate", choice_of_ours),
      whole("scales.remap", 100, 1, 1e9,
            "steps after which a column's scale is set to its largest weight again, larger or smaller; in between, clip.kind fixed limits weights to "
            "the scale",
            choice_of_ours),
      boolean("ranges.learned", true, "train the input range of every tile", paper),
      real("ranges.rate", 0.01, 0, 1e3, "learning rate of the ranges; follows the schedule of the weights", choice_of_ours),
      whole("ranges.initial_batches", 100, 1, 1e9,
            "number of first batches in which the range is the running mean of ranges.initial_sigmas standard deviations of the inputs", paper),
      real("ranges.initial_sigmas", 3.0, 0.1, 100, "first range, in standard deviations of the inputs", paper),
      real("ranges.decay", 1e-3, 0, 1,
           "decay of a range per step, as a share of the range times the learning rate, while enough inputs are inside (ranges.inside)", paper),
      real("ranges.inside", 0.95, 0, 1, "share of inputs inside the range above which the range decays", paper),
      word("clip.kind", "fixed", {"off", "fixed", "gaussian"},
           "limit of the weights after each step. off: none; fixed: the scale of their column; gaussian: clip.sigmas standard deviations of the "
           "column",
           "fixed: Rasch et al. (2023); gaussian: Buechel et al., Analog Foundation Models (2025)"),
      real("clip.sigmas", 2.5, 0.1, 100, "limit of kind gaussian, in standard deviations of the column's weights", "Buechel et al. (2025)"),
      real("distillation.weight", 0.0, 0, 1,
           "share of the loss that compares outputs with those of the float network; the rest compares them with the targets",
           "Hinton et al., arXiv:1503.02531 (2015)"),
      real("distillation.temperature", 2.0, 0.1, 100, "temperature of both softmax functions in the comparison with the float network",
           "Hinton et al. (2015)"),
      real("distillation.hidden", 0.0, 0, 1000,
           "factor on the distance of hidden layers from those of the float network: squared difference of their outputs over the squared float "
           "outputs, mean over all layers with weights except the last",
           "hints: Romero et al., arXiv:1412.6550 (2015); hidden states of transformers: Jiao et al., arXiv:1909.10351 (2019)"),
      base::whole_or("averaging.steps", std::string("off"), 2, many, {"off"},
                     "score and write the running mean of weights, scales and ranges over about this number of steps",
                     "Polyak and Juditsky, SIAM J. Control Optim. 30:838 (1992)"),
      base::whole_or("normalisation.samples", std::string("off"), 1, 2000, {"off"},
                     "after training, set mean and standard deviation of each convolution channel back to those of the float network, measured over "
                     "this number of samples",
                     "AdaBS: Joshi et al., Nat. Commun. 11:2473 (2020)"),
      whole("augmentation.crop", 0, 0, 64, "pixels of zero padding around an image before a random crop to its original size",
            "usual for CIFAR-10: 4"),
      boolean("augmentation.mirror", false, "mirror each image left to right with probability 0.5", "usual for CIFAR-10"),
      base::number_or("validation.share", "", 0.1, 1e-4, 0.9, {"off"},
                      "share of the training split that is held out for validation, evenly spaced; for data without a validation split. off: "
                      "validation on the training samples",
                      choice_of_ours),
      whole("validation.samples", 1000, 1, many, "maximum number of samples that are scored after each epoch, in float and on tiles", choice_of_ours),
      whole("validation.repeats", 3, 1, 1000, "programming instances of the tiles for this score, the same after each epoch", choice_of_ours),
      base::number("validation.age", "s", 3600, 0, 1e10, "time after programming at which the tiles are scored",
                   "the hour of iso-accuracy, Rasch et al. (2023)"),
      word("validation.keep", "best", {"best", "last"},
           "state that is written. best: the state with the best validation score on tiles (in float with hardware.analog false); last: the last "
           "state",
           choice_of_ours),
      base::whole_or("validation.patience", std::string("off"), 1, 1e5, {"off"},
                     "number of epochs without a better validation score after which the training stops",
                     "Prechelt, Early Stopping - But When?, 1998"),
      base::text("layers.frozen", "", {"patterns of layer names with * and ?, separated by commas"}, "layers whose weights are not trained",
                 "user's choice"),
      base::whole_or("adapters.rank", std::string("off"), 1, 4096, {"off"},
                     "inner width of a digital low-rank path that is added beside layers and trained instead of their weights, which stay unchanged "
                     "on the tiles",
                     "Hu et al., LoRA, arXiv:2106.09685 (2021); on analog tiles: Li et al., AHWA-LoRA, arXiv:2411.17367 (2024)"),
      base::text("adapters.layers", "*", {"patterns of layer names with * and ?, separated by commas"},
                 "layers that get such a path; recurrent layers cannot have one", "user's choice"),
  };
}

Recipe::Optimiser::Kind usual_optimiser(NetworkKind kind) {
  const std::string word = defaults_of(kind).optimiser;
  return word == "adamw" ? Recipe::Optimiser::Kind::adamw : word == "adam" ? Recipe::Optimiser::Kind::adam : Recipe::Optimiser::Kind::sgd;
}

NetworkKind kind_of(const Network& network) {
  bool recurrent = false, convolutional = false, normalised = false, attention = false;
  for (const Node& node : network.nodes) {
    recurrent |= node.recurrence() != nullptr;
    convolutional |= node.on_tiles() && node.window() != nullptr;
    normalised |= std::holds_alternative<LayerNormalization>(node.attributes);
    attention |= node.op->multiplies_activations && !node.on_tiles();
  }
  if (recurrent) return NetworkKind::recurrent;
  if (attention || normalised) return NetworkKind::transformer;
  return convolutional ? NetworkKind::convolutional : NetworkKind::perceptron;
}

std::string kind_name(NetworkKind kind) {
  switch (kind) {
    case NetworkKind::convolutional:
      return "convolutional";
    case NetworkKind::recurrent:
      return "recurrent";
    case NetworkKind::transformer:
      return "transformer";
    case NetworkKind::perceptron:
      return "perceptron";
  }
  return "";
}

double Recipe::Schedule::factor(std::int64_t step, std::int64_t steps) const {
  const double rise = kind == Kind::one_cycle ? std::max(warmup, 0.1) : warmup;
  const double at = (static_cast<double>(step) + 0.5) / static_cast<double>(steps);
  if (at < rise) return at / rise;
  const double left = rise < 1.0 ? (at - rise) / (1.0 - rise) : 0.0;
  switch (kind) {
    case Kind::constant:
      return 1.0;
    case Kind::linear:
      return 1.0 - (1.0 - last) * left;
    case Kind::cosine:
    case Kind::one_cycle:
      return last + (1.0 - last) * 0.5 * (1.0 + std::cos(std::numbers::pi * left));
  }
  return 1.0;
}

double Recipe::Noise::level(std::int64_t step, std::int64_t steps, double lot) const {
  const double at = (static_cast<double>(step) + 0.5) / static_cast<double>(steps);
  const double ramped = ramp > 0 ? std::min(at / ramp, 1.0) : 1.0;
  return scale * ramped * (1.0 + spread * (2.0 * lot - 1.0));
}

tiles::TileParameters Recipe::Hardware::apply(tiles::TileParameters tile) const {
  if (!converters) {
    tile.dac.bits.reset();
    tile.adc.bits.reset();
    tile.adc.bound.reset();
    // Activations are rounded to the grid of the input converters, so this rounding is removed too.
    tile.digital.activation_format.kind = periphery::NumberFormat::Kind::float32;
  }
  if (!output_noise) tile.output_noise = 0;
  if (!read_noise) tile.read_noise_scale = 0;
  if (!ir_drop) tile.wires.kind = tiles::Wires::Kind::none;
  return tile;
}

Recipe read_recipe(const std::optional<std::string>& path, const std::vector<std::string>& assignments, const RecipeSubject& subject) {
  base::Config config(recipe_declarations(), {"--recipe-set", "mho describe --recipe-keys"});
  if (path) config.load_file(*path);
  for (const std::string& assignment : assignments) config.set(assignment);
  const base::Config given = config;
  const KindDefaults kind = defaults_of(kind_of(subject.network));
  const auto of = [&](const char* key, const std::vector<std::string>& words) {
    return static_cast<int>(std::ranges::find(words, config.word(key)) - words.begin());
  };
  Recipe recipe;
  recipe.epochs = static_cast<int>(config.integer("epochs"));
  recipe.batch = static_cast<int>(config.integer("batch"));
  recipe.seed = static_cast<std::uint64_t>(config.integer("seed"));
  if (config.word("optimiser.kind") == "auto") config.set(std::string("optimiser.kind=") + kind.optimiser);
  recipe.optimiser.kind = static_cast<Recipe::Optimiser::Kind>(of("optimiser.kind", {"sgd", "adam", "adamw"}));
  recipe.optimiser.rate = config.optional_real("optimiser.rate", "auto").value_or(kind.rate);
  recipe.optimiser.momentum = config.real("optimiser.momentum");
  recipe.optimiser.weight_decay = config.real("optimiser.weight_decay");
  recipe.optimiser.gradient_limit = config.optional_real("optimiser.gradient_limit", "off");
  recipe.schedule.kind = static_cast<Recipe::Schedule::Kind>(of("schedule.kind", {"constant", "linear", "cosine", "one_cycle"}));
  recipe.schedule.warmup = config.real("schedule.warmup");
  recipe.schedule.last = config.real("schedule.last");
  recipe.noise.kind = static_cast<tiles::WeightNoiseKind>(of("noise.kind", {"off", "pcm", "constant", "device"}));
  recipe.noise.scale = config.real("noise.scale");
  recipe.noise.sigma = config.real("noise.sigma");
  recipe.noise.ramp = config.real("noise.ramp");
  recipe.noise.spread = config.real("noise.spread");
  recipe.noise.drop_connect = config.real("drop_connect");
  recipe.hardware = {config.boolean("hardware.analog"), config.boolean("hardware.converters"), config.boolean("hardware.output_noise"),
                     config.boolean("hardware.read_noise"), config.boolean("hardware.ir_drop")};
  recipe.scales = {config.boolean("scales.learned"), config.real("scales.rate"), static_cast<int>(config.integer("scales.remap"))};
  recipe.ranges = {config.boolean("ranges.learned"),     config.real("ranges.rate"),  static_cast<int>(config.integer("ranges.initial_batches")),
                   config.real("ranges.initial_sigmas"), config.real("ranges.decay"), config.real("ranges.inside")};
  recipe.clip = {static_cast<Recipe::Clip::Kind>(of("clip.kind", {"off", "fixed", "gaussian"})), config.real("clip.sigmas")};
  recipe.distillation = {config.real("distillation.weight"), config.real("distillation.temperature"), config.real("distillation.hidden")};
  recipe.averaging_steps = config.optional_integer("averaging.steps", "off");
  recipe.normalisation_samples = static_cast<int>(config.optional_integer("normalisation.samples", "off").value_or(0));
  recipe.crop = static_cast<int>(config.integer("augmentation.crop"));
  recipe.mirror = config.boolean("augmentation.mirror");
  recipe.validation = {config.optional_real("validation.share", "off"),
                       static_cast<std::size_t>(config.integer("validation.samples")),
                       static_cast<int>(config.integer("validation.repeats")),
                       config.real("validation.age"),
                       static_cast<Recipe::Validation::Keep>(of("validation.keep", {"best", "last"})),
                       config.optional_integer("validation.patience", "off")};
  recipe.frozen = config.word("layers.frozen");
  recipe.adapters = {config.optional_integer("adapters.rank", "off").value_or(0), config.word("adapters.layers")};
  if (!config.optional_real("optimiser.rate", "auto")) config.set("optimiser.rate=" + std::to_string(recipe.optimiser.rate));
  recipe.json = config.json();
  recipe.without_effect = idle_keys(given, recipe, subject);
  config.set("epochs=1");
  recipe.identity = config.json();
  return recipe;
}

}  // namespace mho::workloads
