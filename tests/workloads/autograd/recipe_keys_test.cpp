// Every key of a recipe either changes what a training writes or reports, or is named as one that does not: never both, never neither.
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "mapper/mapper.h"
#include "tests/tiles/standard_tile.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/autograd/trainer.h"
#include "workloads/data/array_dataset.h"
#include "workloads/data/subset.h"
#include "workloads/onnx/adapters/adapters_onnx.h"

namespace mho::workloads {
namespace {

using Settings = std::vector<std::string>;

/// With one weight that lies far out, where clipping has something to do.
std::vector<float> spread(std::size_t count, float step) {
  std::vector<float> weights = ramp(count, step);
  weights[count / 2] = 60 * step;
  return weights;
}

/// Some of the built-in digits, scored by a metric that every change of an output changes.
std::unique_ptr<Dataset> digits(std::size_t count, int split) {
  const auto drawn = stroke_digits(count, 5, split);
  ArraySamples samples;
  samples.name = drawn->name();
  samples.hash = drawn->hash();
  samples.count = count;
  samples.sample_shape = drawn->sample_shape();
  samples.inputs.shape = {static_cast<std::int64_t>(count), 1, 16, 16};
  samples.inputs.floats.resize(count * 256);
  for (std::size_t k = 0; k < count; ++k) {
    drawn->load(k, std::span(samples.inputs.floats).subspan(k * 256, 256));
    samples.targets.push_back(static_cast<float>(drawn->label(k)));
  }
  samples.classes = 10;
  samples.metric = Metric::nats;
  return array_dataset(std::move(samples));
}

/// A convolutional network of the built-in digits, small enough for hundreds of trainings.
std::string convolutional() {
  OnnxModel model;
  model.input("x", {0, 1, 16, 16}).output("y").floats("w1", {4, 1, 3, 3}, ramp(36, 0.03F)).floats("b1", {4}, ramp(4, 0.05F));
  model.node("Conv", {"x", "w1", "b1"}, "c")
      .attribute("strides", std::vector<std::int64_t>{4, 4})
      .node("Relu", {"c"}, "r")
      .node("Flatten", {"r"}, "f");
  model.floats("w2", {10, 64}, spread(640, 0.01F)).node("Gemm", {"f", "w2"}, "y").attribute("transB", 1);
  return model.bytes();
}
std::string perceptron_of_frames() {
  OnnxModel model;
  model.input("x", {0, 256}).output("y").floats("w1", {12, 256}, ramp(3072, 0.003F)).node("Gemm", {"x", "w1"}, "h").attribute("transB", 1);
  model.node("Relu", {"h"}, "r").floats("w2", {10, 12}, spread(120, 0.03F)).node("Gemm", {"r", "w2"}, "y").attribute("transB", 1);
  return model.bytes();
}

/// All that a user gets from a training.
struct Got {
  std::vector<std::vector<float>> weights, biases;
  std::map<std::string, std::vector<float>> ranges;
  std::vector<double> scores;
  bool operator==(const Got& other) const = default;
};

struct Situation {
  std::string name, network;  ///< ONNX
  Settings tile, recipe;
  bool has_validation = false;
};

class Keys {
 public:
  explicit Keys(const Situation& situation) : situation_(situation), tiled_(on_tiles(situation.network)) {}

  [[nodiscard]] Recipe recipe(const std::string& more = "") const {
    // Short, and long enough that every part of the training comes to its turn.
    Settings all{"epochs=5", "batch=8", "optimiser.rate=0.02", "ranges.initial_batches=4", "scales.remap=6", "validation.repeats=1"};
    all.insert(all.end(), situation_.recipe.begin(), situation_.recipe.end());
    if (!more.empty()) all.push_back(more);
    return read_recipe(std::nullopt, all, {tiled_.network, tiled_.tiles, data_->size(), situation_.has_validation});
  }

  [[nodiscard]] Got train_with(const Recipe& recipe) const {
    TrainingOptions options;
    options.recipe = recipe;
    std::unique_ptr<Dataset> learned_from, held_out;
    if (situation_.has_validation) {
      options.validation = other_.get();
    } else if (recipe.validation.share) {
      const DividedSamples divided = divide(*data_, *recipe.validation.share, false);
      learned_from = subset_of(*data_, divided.rest, "rest");
      held_out = subset_of(*data_, divided.held_out, "held out");
      options.validation = held_out.get();
    }
    Got got;
    options.report = [&](const TrainingProgress& progress) {
      if (progress.validation) got.scores.insert(got.scores.end(), {progress.validation->in_float, progress.validation->on_tiles, progress.loss});
    };
    const TiledNetwork adapted =
        recipe.adapters.rank == 0
            ? tiled_
            : on_tiles(with_adapters(situation_.network, tiled_.network, {recipe.adapters.rank, recipe.adapters.layers, recipe.seed}));
    const TrainedNetwork trained = train(adapted, learned_from ? *learned_from : *data_, options);
    for (const Matrix& matrix : trained.network.matrices) got.weights.push_back(matrix.weights);
    for (const Node& node : trained.network.nodes) got.biases.push_back(node.bias);
    got.ranges = trained.network.input_ranges;
    got.scores.insert(got.scores.end(), {trained.after.in_float, trained.after.on_tiles});
    return got;
  }

 private:
  [[nodiscard]] TiledNetwork on_tiles(const std::string& bytes) const {
    return mapper::lay_out(import_onnx_bytes(bytes, "network", {.trace = true}), tiles::test::tile(situation_.tile));
  }
  const Situation& situation_;
  TiledNetwork tiled_;
  std::unique_ptr<Dataset> data_ = digits(60, 2), other_ = digits(20, 1);
};

/// Values of a key that are not its default: the other words, and a number that is not too near.
Settings others(const base::Declaration& declaration) {
  // Where half of the default, or of the largest value, would not show.
  static const std::map<std::string, Settings> chosen{{"optimiser.gradient_limit", {"0.001"}},
                                                      {"scales.remap", {"3", "1"}},
                                                      {"ranges.inside", {"1"}},
                                                      {"clip.sigmas", {"1"}},
                                                      {"validation.patience", {"1"}},
                                                      {"validation.age", {"1e8"}},
                                                      {"validation.share", {"0.3", "off"}},
                                                      {"validation.samples", {"3"}},
                                                      {"validation.repeats", {"2"}},
                                                      {"layers.frozen", {"y"}},
                                                      {"averaging.steps", {"4"}},
                                                      {"distillation.hidden", {"0.5"}},
                                                      {"adapters.rank", {"2"}},
                                                      {"adapters.layers", {"y"}},
                                                      {"normalisation.samples", {"16"}},
                                                      {"augmentation.crop", {"2"}},
                                                      {"ranges.initial_batches", {"7"}},
                                                      {"noise.ramp", {"0.7"}},
                                                      {"schedule.warmup", {"0.3", "0.05"}},
                                                      {"optimiser.rate", {"0.003"}}};
  if (const auto found = chosen.find(declaration.key); found != chosen.end()) return found->second;
  Settings values;
  if (const bool* yes = std::get_if<bool>(&declaration.default_value)) return {*yes ? "false" : "true"};
  for (const std::string& word : declaration.words) {
    if (declaration.type == base::ValueType::choice && base::Value(word) != declaration.default_value) values.push_back(word);
  }
  if (const auto* whole = std::get_if<std::int64_t>(&declaration.default_value)) values.push_back(std::to_string(*whole == 0 ? 1 : *whole + 1));
  if (const auto* real = std::get_if<double>(&declaration.default_value))
    values.push_back(std::to_string(*real == 0 ? declaration.maximum / 2 : *real / 2));
  return values;
}

void expect_every_key_counts_or_is_named(const Situation& situation) {
  const Keys keys(situation);
  const Recipe usual = keys.recipe();
  const Got before = keys.train_with(usual);
  for (const base::Declaration& declaration : recipe_declarations()) {
    for (const std::string& value : others(declaration)) {
      const std::string setting = declaration.key + "=" + value;
      const Recipe changed = keys.recipe(setting);
      if (changed.json == usual.json) continue;  // the situation's own, or what `auto` is
      const bool is_named =
          std::ranges::any_of(changed.without_effect, [&](const std::string& note) { return note.starts_with(declaration.key + " ("); });
      const bool counts = keys.train_with(changed) != before;
      EXPECT_NE(is_named, counts) << situation.name << ": " << setting
                                  << (counts ? " changes bits and is named as if it did not" : " changes nothing");
    }
  }
}

TEST(RecipeKeysTest, OfAConvolutionalNetwork) { expect_every_key_counts_or_is_named({"defaults", convolutional(), {}, {}}); }
/// Only the last layer: there are no hidden ones to compare.
std::string one_layer() {
  OnnxModel model;
  model.input("x", {0, 256}).output("y").floats("w", {10, 256}, spread(2560, 0.003F)).node("Gemm", {"x", "w"}, "y").attribute("transB", 1);
  return model.bytes();
}

TEST(RecipeKeysTest, HiddenLayersOfANetworkWithout) {
  const Situation situation{"one layer", one_layer(), {}, {"distillation.weight=0.5"}};
  const Keys keys(situation);
  const Recipe changed = keys.recipe("distillation.hidden=0.5");
  ASSERT_EQ(changed.without_effect.size(), 1U);
  EXPECT_EQ(changed.without_effect[0], "distillation.hidden (--recipe-set) has no effect: the network has no layer with weights before the last");
  EXPECT_EQ(keys.train_with(changed), keys.train_with(keys.recipe()));
}

TEST(RecipeKeysTest, NothingIsNamedThatNobodyGave) {
  for (const std::string& bytes : {convolutional(), perceptron_of_frames(), one_layer()}) {
    const TiledNetwork tiled = mapper::lay_out(import_onnx_bytes(bytes, "network"), tiles::test::tile());
    EXPECT_EQ(read_recipe(std::nullopt, {}, {tiled.network, tiled.tiles, 1000, false}).without_effect, Settings());
  }
}

TEST(RecipeKeysTest, OfAdapters) {
  expect_every_key_counts_or_is_named({"adapters", convolutional(), {}, {"adapters.rank=3", "distillation.hidden=0.1"}});
}
TEST(RecipeKeysTest, InFloat) { expect_every_key_counts_or_is_named({"in float", convolutional(), {}, {"hardware.analog=false"}}); }
TEST(RecipeKeysTest, WithoutLearnedRangesAndScales) {
  expect_every_key_counts_or_is_named(
      {"nothing learned", convolutional(), {}, {"ranges.learned=false", "scales.learned=false", "clip.kind=gaussian", "noise.kind=constant"}});
}
TEST(RecipeKeysTest, OfAPerceptronWithMomentumAndAOneCycleSchedule) {
  expect_every_key_counts_or_is_named(
      {"perceptron", perceptron_of_frames(), {}, {"schedule.kind=one_cycle", "scales.remap=1", "noise.scale=0", "ranges.inside=0.5"}, true});
}
TEST(RecipeKeysTest, OnTilesThatAreNearlyIdeal) {
  const Settings tile{"tile.dac.bits=ideal",
                      "tile.adc.bits=ideal",
                      "tile.adc.bound=unlimited",
                      "tile.noise.output=0",
                      "tile.noise.read=0",
                      "tile.ir_drop.scale=off",
                      "tile.mapping.scale=none",
                      "tile.input_range.kind=per_vector",
                      "digital.activation_format=float32"};
  expect_every_key_counts_or_is_named({"nearly ideal", convolutional(), tile, {"clip.kind=off", "schedule.kind=constant", "noise.kind=off"}});
}
TEST(RecipeKeysTest, InATrainingThatEndsWithinTheFirstBatches) {
  expect_every_key_counts_or_is_named({"short", convolutional(), {}, {"ranges.initial_batches=100", "distillation.weight=0.5"}});
}

}  // namespace
}  // namespace mho::workloads
