#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>

#include "base/error.h"
#include "mapper/mapper.h"
#include "tests/tiles/standard_tile.h"
#include "tests/workloads/onnx_model.h"
#include "tests/workloads/small_network.h"
#include "workloads/autograd/torch_network.h"
#include "workloads/autograd/trainer.h"
#include "workloads/execution/calibration.h"
#include "workloads/execution/evaluation.h"
#include "workloads/onnx/onnx_export.h"

namespace mho::workloads {
namespace {

/// Two-layer perceptron on the built-in digits.
Network perceptron() {
  OnnxModel model;
  model.input("x", {0, 1, 16, 16}).output("y");
  model.node("Flatten", {"x"}, "f").floats("w1", {32, 256}, ramp(32 * 256, 0.003F)).floats("b1", {32}, ramp(32, 0.01F));
  model.node("Gemm", {"f", "w1", "b1"}, "h").attribute("transB", 1).node("Relu", {"h"}, "r");
  model.floats("w2", {10, 32}, ramp(320, 0.02F)).node("Gemm", {"r", "w2"}, "y").attribute("transB", 1);
  return import_onnx_bytes(model.bytes(), "perceptron", {.trace = true});
}

tiles::TileParameters standard_tile() { return tiles::test::tile(); }

/// Everything a training needs beside its options.
struct Bench {
  explicit Bench(const Network& original = perceptron()) : tiled(mapper::lay_out(original, standard_tile())) {}
  std::unique_ptr<Dataset> data = stroke_digits(2000, 5, 2);
  TiledNetwork tiled;
  const Network& network = tiled.network;

  TrainingOptions options(std::vector<std::string> recipe) const {
    TrainingOptions made;
    // Few samples to score: most cases are not about it.
    recipe.insert(recipe.begin(), {"validation.samples=50", "validation.repeats=1"});
    made.recipe = read_recipe(std::nullopt, recipe, subject());
    made.from_scratch = true;
    made.fingerprint = "bench";
    return made;
  }
  [[nodiscard]] RecipeSubject subject() const { return {network, tiled.tiles, data->size(), false}; }
  [[nodiscard]] Network run(const TrainingOptions& options) const { return train(tiled, *data, options).network; }
};

TEST(TorchNetworkTest, FloatOutputsAreThoseOfTheExecution) {
  const Network network = import_onnx_bytes(small_network().bytes(), "small", {.trace = true});
  const auto samples = ramp(3 * 162, 0.03F);
  TorchNetwork model(network);
  const auto y = model.forward({torch::tensor(samples).reshape({3, 162}), {}}, false).contiguous();
  for (std::size_t s = 0; s < 3; ++s) {
    const auto wanted = run_float(network, std::span(samples).subspan(s * 162, 162));
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(y.data_ptr<float>()[s * wanted.size() + i], wanted[i], 1e-5);
  }
}

TEST(TorchNetworkTest, GradientsThroughIdealTilesAreThoseOfTheFloatNetwork) {
  const Network network = import_onnx_bytes(small_network().bytes(), "small", {.trace = true});
  tiles::TileParameters tile =
      Recipe::Hardware{.analog = true, .converters = false, .output_noise = false, .read_noise = false}.apply(standard_tile());
  TorchNetwork exact(network), analog(mapper::lay_out(network, tile), 1);
  for (TrainedMatrix& matrix : analog.matrices()) matrix.ranges.fill_(1000.0F);
  analog.begin_step(0, nullptr, 0, 0, true, 2);
  const TorchNetwork::Batch batch{torch::tensor(ramp(4 * 162, 0.03F)).reshape({4, 162}), {}};
  exact.forward(batch, true).square().sum().backward();
  analog.forward(batch, true).square().sum().backward();
  for (std::size_t k = 0; k < exact.parameters().size(); ++k) {
    const auto a = exact.parameters()[k].tensor.grad(), b = analog.parameters()[k].tensor.grad();
    EXPECT_LT((a - b).abs().max().item<float>(), 1e-3F * a.abs().max().item<float>()) << exact.parameters()[k].name;
  }
}

TEST(TorchNetworkTest, RangesThatEveryVectorSetsForItselfClipNothing) {
  const Network network = import_onnx_bytes(small_network().bytes(), "small", {.trace = true});
  tiles::TileParameters tile =
      Recipe::Hardware{.analog = true, .converters = false, .output_noise = false, .read_noise = false}.apply(standard_tile());
  tile.input_range.kind = tiles::InputRange::Kind::per_vector;
  TorchNetwork exact(network), analog(mapper::lay_out(network, tile), 1);
  analog.begin_step(0, nullptr, 0, 0, true, 1);
  // Inputs far beyond 1.
  const TorchNetwork::Batch batch{torch::tensor(ramp(4 * 162, 5.0F)).reshape({4, 162}), {}};
  const auto a = exact.forward(batch, true), b = analog.forward(batch, true);
  EXPECT_LT((a - b).abs().max().item<float>(), 1e-3F * a.abs().max().item<float>());
  a.sum().backward();
  b.sum().backward();
  for (std::size_t k = 0; k < exact.parameters().size(); ++k) {
    const auto wanted = exact.parameters()[k].tensor.grad(), got = analog.parameters()[k].tensor.grad();
    EXPECT_LT((wanted - got).abs().max().item<float>(), 1e-2F * wanted.abs().max().item<float>()) << exact.parameters()[k].name;
  }
}

TEST(TrainingTest, WeightsThatTwoTensorsShareStayAsTheyAre) {
  OnnxModel model;
  model.input("x", {0, 1, 16, 16}).output("y");
  model.node("Flatten", {"x"}, "f").floats("tied", {32, 256}, ramp(32 * 256, 0.003F));
  model.node("Gemm", {"f", "tied"}, "h").attribute("transB", 1).node("Relu", {"h"}, "r").node("Gemm", {"r", "tied"}, "g");
  model.floats("w2", {10, 256}, ramp(2560, 0.02F)).node("Gemm", {"g", "w2"}, "y").attribute("transB", 1);
  const std::string folder = std::filesystem::temp_directory_path() / ("mho_tied_" + std::to_string(getpid()) + "_");
  std::ofstream(folder + "in.onnx", std::ios::binary) << model.bytes();
  const Bench bench(import_onnx(folder + "in.onnx", {1, 16, 16}, true));
  TrainingOptions options = bench.options({"epochs=1"});
  options.from_scratch = false;
  const Network trained = bench.run(options);
  ASSERT_EQ(trained.matrices.size(), 3U);
  EXPECT_EQ(trained.matrices[0].weights, bench.network.matrices[0].weights);
  EXPECT_EQ(trained.matrices[1].weights, bench.network.matrices[1].weights);
  EXPECT_NE(trained.matrices[2].weights, bench.network.matrices[2].weights);
  // So the file can hold them.
  EXPECT_NO_THROW(export_onnx(folder + "in.onnx", trained, folder + "out.onnx"));
  std::remove((folder + "in.onnx").c_str());
  std::remove((folder + "out.onnx").c_str());
}

TEST(TrainingTest, WithTheTilesInTheLoopANetworkLosesLessOnTheChip) {
  const Bench bench;
  const Network exact = bench.run(bench.options({"epochs=6", "hardware.analog=false", "optimiser.rate=0.05"}));
  const Network hardware = bench.run(bench.options({"epochs=6", "noise.scale=3", "optimiser.rate=0.05"}));
  const auto test = stroke_digits(500, 5, 0);
  const auto on_chip = [&](const Network& network) {
    TiledNetwork on = mapper::lay_out(network, standard_tile());
    on.calibration = calibrate(on, *bench.data, 0, 200, 2);
    const auto result = evaluate_analog(on, *test, {.times_s = {3.15e7}, .repeats = 5, .threads = 2, .samples = 500, .measured = nullptr});
    double sum = 0;
    for (const double value : result.times[0].by_repeat) sum += value;
    return sum / 5;
  };
  const double float_accuracy = evaluate_float(exact, *test, 0, 500, 2);
  EXPECT_GT(float_accuracy, 0.6);
  EXPECT_GT(on_chip(hardware), on_chip(exact));
  EXPECT_EQ(hardware.input_ranges.size(), 2U);
}

TEST(TrainingTest, ThreadsDoNotChangeTheForwardPassAndAnInterruptionNothing) {
  const Bench bench;
  const std::string checkpoint =
      (std::filesystem::temp_directory_path() / ("mho_training_test_" + std::to_string(getpid()) + ".checkpoint")).string();
  std::remove(checkpoint.c_str());
  TrainingOptions options =
      bench.options({"epochs=2", "augmentation.crop=1", "noise.spread=0.5", "drop_connect=0.01", "averaging.steps=7", "distillation.hidden=0.5"});
  const Network whole = bench.run(options);
  options.checkpoint = checkpoint;
  // Stopped in the middle of the second epoch, as by a full disk or a power cut after the last checkpoint.
  struct Stop {};
  options.report = [](const TrainingProgress& progress) {
    if (progress.step == 45) throw Stop();
  };
  EXPECT_THROW((void)bench.run(options), Stop);
  ASSERT_TRUE(std::filesystem::exists(checkpoint));
  options.report = nullptr;
  const Network resumed = bench.run(options);
  for (std::size_t m = 0; m < whole.matrices.size(); ++m) EXPECT_EQ(whole.matrices[m].weights, resumed.matrices[m].weights);
  EXPECT_EQ(whole.input_ranges, resumed.input_ranges);
  TrainingOptions other = options;
  other.fingerprint = "another";
  EXPECT_THROW((void)bench.run(other), base::UserError);
  std::remove(checkpoint.c_str());
}

TEST(TrainingTest, WhatIsWrittenIsTheMeanOfStates) {
  // One step an epoch, and steps that do not depend on how many there are: a training of k epochs ends in the state after step k.
  const Bench bench;
  const auto data = stroke_digits(64, 5, 2);
  const auto weights_after = [&](int steps, const std::string& averaging) {
    const TrainingOptions options =
        bench.options({"epochs=" + std::to_string(steps), "batch=64", "hardware.analog=false", "schedule.kind=constant", "validation.share=off",
                       "validation.keep=last", "optimiser.rate=0.05", "averaging.steps=" + averaging});
    return train(bench.tiled, *data, options).network.matrices[0].weights;
  };
  constexpr int steps = 4;
  std::vector<std::vector<float>> states;
  for (int k = 1; k <= steps; ++k) states.push_back(weights_after(k, "off"));
  const std::vector<float> even = weights_after(steps, "100"), recent = weights_after(steps, "2");
  float largest = 0;
  for (std::size_t w = 0; w < even.size(); ++w) {
    const auto s = [&](std::size_t k) { return states[k][w]; };
    EXPECT_NEAR(even[w], (s(0) + s(1) + s(2) + s(3)) / 4, 1e-6);
    // Half of what was, half of the new state, from the second step on.
    EXPECT_NEAR(recent[w], s(0) / 8 + s(1) / 8 + s(2) / 4 + s(3) / 2, 1e-6);
    largest = std::max(largest, std::abs(s(3) - even[w]));
  }
  EXPECT_GT(largest, 1e-4F);
}

TEST(TrainingTest, TheBestStateIsWritten) {
  // Steps so large that scores go up and down, and that do not depend on how many there are.
  const Bench bench;
  const auto options = [&](int epochs, const std::string& keep) {
    TrainingOptions made = bench.options({"epochs=" + std::to_string(epochs), "optimiser.rate=0.4", "schedule.kind=constant", "noise.ramp=0",
                                          "validation.samples=200", "validation.keep=" + keep});
    return made;
  };
  constexpr int epochs = 8;
  TrainingOptions best = options(epochs, "best");
  std::vector<double> scores;
  best.report = [&](const TrainingProgress& progress) {
    if (progress.validation) scores.push_back(progress.validation->on_tiles);
  };
  const TrainedNetwork kept = train(bench.tiled, *bench.data, best);
  ASSERT_EQ(scores.size(), static_cast<std::size_t>(epochs));
  const auto first_best = std::ranges::max_element(scores) - scores.begin() + 1;
  ASSERT_LT(first_best, epochs) << "the last state is the best: nothing is tested";
  EXPECT_EQ(kept.kept_epoch, first_best);
  const TrainedNetwork until_then = train(bench.tiled, *bench.data, options(static_cast<int>(first_best), "last"));
  EXPECT_EQ(kept.network.matrices[0].weights, until_then.network.matrices[0].weights);
  EXPECT_EQ(kept.network.input_ranges, until_then.network.input_ranges);
  EXPECT_EQ(kept.after.on_tiles, until_then.after.on_tiles);
  const TrainedNetwork last = train(bench.tiled, *bench.data, options(epochs, "last"));
  EXPECT_EQ(last.kept_epoch, epochs);
  EXPECT_NE(last.network.matrices[0].weights, kept.network.matrices[0].weights);
}

TEST(TrainingTest, RangesThatAreNotLearnedStayCalibrated) {
  const Bench bench;
  TrainingOptions options = bench.options({"epochs=1", "ranges.learned=false"});
  options.from_scratch = false;
  const Network trained = bench.run(options);
  const InputCalibration calibration = calibrate(bench.tiled, *bench.data, 0, std::min(calibration_limit, bench.data->size()), 1);
  ASSERT_EQ(trained.input_ranges.size(), 2U);
  for (const auto& [matrix, ranges] : trained.input_ranges) {
    const auto& parts = calibration.parts.at(matrix);
    ASSERT_EQ(ranges.size(), parts.size());
    for (std::size_t p = 0; p < parts.size(); ++p) EXPECT_EQ(ranges[p], parts[p].range) << matrix;
  }
  options.recipe = bench.options({"epochs=1"}).recipe;
  EXPECT_NE(bench.run(options).input_ranges, trained.input_ranges);
}

TEST(TrainingTest, ADivergingTrainingSaysWhatToChange) {
  const Bench bench;
  try {
    (void)bench.run(bench.options({"epochs=3", "optimiser.rate=1000", "optimiser.kind=sgd", "schedule.kind=constant", "clip.kind=off",
                                   "hardware.analog=false", "optimiser.weight_decay=1"}));
    FAIL() << "a learning rate of 1000 converged";
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::failed_check);
  }
}

TEST(TrainingTest, ANetworkWithoutAnalogLayersIsRefused) {
  Bench bench;
  EXPECT_THROW((void)bench.run(bench.options({"epochs=1", "layers.frozen=*"})), base::UserError);
  for (Matrix& matrix : bench.tiled.network.matrices) matrix.digital = true;
  EXPECT_THROW((void)bench.run(bench.options({"epochs=1"})), base::UserError);
}

TEST(RecipeTest, DefaultsFollowTheKindOfNetwork) {
  const Network network = perceptron();
  const tiles::LayerTiles tiles = standard_tile();
  EXPECT_EQ(kind_of(network), NetworkKind::perceptron);
  const Recipe plain = read_recipe(std::nullopt, {}, {network, tiles});
  EXPECT_EQ(plain.optimiser.kind, Recipe::Optimiser::Kind::sgd);
  EXPECT_DOUBLE_EQ(plain.optimiser.rate, 0.01);
  const Network convolutional = import_onnx_bytes(small_network().bytes(), "small", {.trace = true});
  const Recipe adaptive = read_recipe(std::nullopt, {}, {convolutional, tiles});
  EXPECT_EQ(adaptive.optimiser.kind, Recipe::Optimiser::Kind::adam);
  EXPECT_DOUBLE_EQ(adaptive.optimiser.rate, 5e-4);
  EXPECT_DOUBLE_EQ(read_recipe(std::nullopt, {"optimiser.rate=0.2"}, {convolutional, tiles}).optimiser.rate, 0.2);
  EXPECT_THROW((void)read_recipe(std::nullopt, {"noise.skale=2"}, {network, tiles}), base::UserError);
  const Recipe ramped = read_recipe(std::nullopt, {"noise.ramp=0.5", "noise.scale=4"}, {network, tiles});
  EXPECT_NEAR(ramped.noise.level(25, 100, 0.5), 4 * 0.51, 1e-9);
  EXPECT_NEAR(ramped.noise.level(80, 100, 0.5), 4, 1e-9);
}

}  // namespace
}  // namespace mho::workloads
