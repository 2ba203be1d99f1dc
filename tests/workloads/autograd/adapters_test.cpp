// Low-rank adapters: the network with them, its gradients, what is trained, and what the file holds.
#include "workloads/graph/adapters.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "tests/workloads/autograd/gradient_check.h"
#include "workloads/autograd/trainer.h"
#include "workloads/execution/evaluation.h"
#include "workloads/execution/execution.h"
#include "workloads/onnx/adapters/adapters_onnx.h"
#include "workloads/onnx/onnx_export.h"

namespace mho::workloads {
namespace {

using test::attention_bytes;
using test::convolutions_bytes;
using test::expect_gradients_of;
using test::perceptron_bytes;
using test::scattered;
using test::smooth_tile;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;

Network imported(const std::string& bytes) { return import_onnx_bytes(bytes, "network", {.trace = true}); }
Network adapted(const std::string& bytes, const AdapterChoice& choice = {.rank = 2}) {
  return imported(with_adapters(bytes, imported(bytes), choice));
}
const Matrix& matrix_named(const Network& network, const std::string& name) {
  const auto found = std::ranges::find_if(network.matrices, [&](const Matrix& matrix) { return matrix.name == name; });
  EXPECT_NE(found, network.matrices.end()) << name;
  return *found;
}
/// With weights that are not 0 in the second half of every adapter.
Network awake(Network network) {
  for (Matrix& matrix : network.matrices) {
    if (!is_adapter(matrix.name)) continue;
    matrix.weights = test::times(scattered(static_cast<std::int64_t>(matrix.weights.size()), 40), 0.4F);
  }
  return network;
}

TEST(AdaptersTest, TheyComputeNothingAtFirst) {
  for (const std::string& bytes : {perceptron_bytes(), convolutions_bytes(), attention_bytes()}) {
    const Network before = imported(bytes), after = adapted(bytes);
    const auto x = scattered(element_count(before.values[static_cast<std::size_t>(before.input)].shape), 3);
    EXPECT_EQ(run_float(before, x), run_float(after, x));
    for (const Matrix& matrix : before.matrices) EXPECT_EQ(matrix_named(after, matrix.name).weights, matrix.weights);
    EXPECT_EQ(after.weights(), before.weights());  // on tiles
  }
}

TEST(AdaptersTest, OfAConvolutionAndOfAProduct) {
  const Network network = adapted(convolutions_bytes(), {.rank = 3});
  const Matrix &down = matrix_named(network, "c1.adapter.down"), &up = matrix_named(network, "c1.adapter.up");
  EXPECT_TRUE(down.digital && up.digital && !matrix_named(network, "c1").digital);
  EXPECT_EQ(down.inputs, 4 * 3 * 3);
  EXPECT_EQ(down.outputs, 3);
  EXPECT_EQ(up.inputs, 3);
  EXPECT_EQ(up.outputs, 6);
  double squares = 0;
  for (const float weight : down.weights) squares += static_cast<double>(weight * weight);
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(down.weights.size())), 1 / std::sqrt(36.0), 0.02);
  EXPECT_EQ(matrix_named(network, "y.adapter.up").outputs, 3);
  EXPECT_EQ(hidden_layers(network).size(), 2U);
}

/// y = W x + b + B (A x), number by number.
TEST(AdaptersTest, WhatTheyAdd) {
  OnnxModel model;
  model.input("x", {0, 4}).output("y").floats("w", {4, 3}, scattered(12, 1)).floats("b", {3}, scattered(3, 2));
  model.node("MatMul", {"x", "w"}, "product").node("Add", {"product", "b"}, "y");
  const Network network = awake(adapted(model.bytes(), {.rank = 2}));
  const std::vector<float> x = scattered(4, 5), a = matrix_named(network, "product.adapter.down").weights,
                           b = matrix_named(network, "product.adapter.up").weights, w = scattered(12, 1), bias = scattered(3, 2);
  const std::vector<float> y = run_float(network, x);
  ASSERT_EQ(y.size(), 3U);
  for (std::size_t o = 0; o < 3; ++o) {
    double wanted = static_cast<double>(bias[o]);
    for (std::size_t i = 0; i < 4; ++i) {
      wanted += static_cast<double>(w[i * 3 + o] * x[i]);
      for (std::size_t r = 0; r < 2; ++r) wanted += static_cast<double>(b[o * 2 + r]) * static_cast<double>(a[r * 4 + i] * x[i]);
    }
    EXPECT_NEAR(y[o], wanted, 1e-6);
  }
}

TEST(AdaptersTest, Gradients) {
  for (const std::string& bytes : {perceptron_bytes(), convolutions_bytes(), attention_bytes()}) {
    const Network network = awake(adapted(bytes));
    TorchNetwork::Batch batch;
    const std::int64_t each = element_count(network.values[static_cast<std::size_t>(network.input)].shape);
    batch.samples = torch::tensor(scattered(6 * each, 20)).reshape({6, each});
    TorchNetwork model(mapper::lay_out(network, smooth_tile({"tile.rows=7", "tile.columns=5", "tile.adc.bound=unlimited"})), 1);
    for (TrainedMatrix& matrix : model.matrices()) {
      if (!matrix.tiles) continue;
      matrix.ranges.fill_(8.0F);
      matrix.scales.mul_(2.0F);
    }
    const auto outputs = [&] {
      model.begin_step(0, nullptr, 0, 0, false, 1);
      return model.forward(batch, true);
    };
    const auto loss = [](const Tensor& y) {
      return (y * torch::tensor(scattered(y.numel(), 21)).reshape(y.sizes()).to(y.dtype()) + 0.5 * y * y).sum();
    };
    const auto in_digits = [&] {
      const torch::NoGradGuard guard;
      return loss(outputs().to(torch::kDouble)).item<double>();
    };
    // Outputs are rounded to float. The smallest gradients are a hundredth of the others: there it is 7e-5 of the gradient on one kind of processor.
    constexpr double length = 6e-2, tolerance = 2e-4;
    expect_gradients_of(
        model, [&] { return loss(outputs()); }, in_digits, length, tolerance);
  }
}

TEST(AdaptersTest, TheyAloneAreTrainedAndTheFileHoldsThem) {
  OnnxModel model;
  model.input("x", {0, 1, 16, 16})
      .output("y")
      .node("Flatten", {"x"}, "f")
      .floats("w1", {24, 256}, ramp(24 * 256, 0.003F))
      .floats("b1", {24}, ramp(24, 0.01F));
  model.node("Gemm", {"f", "w1", "b1"}, "h").attribute("transB", 1).node("Relu", {"h"}, "r");
  model.floats("w2", {10, 24}, ramp(240, 0.02F)).node("Gemm", {"r", "w2"}, "y").attribute("transB", 1);
  const std::string bytes = with_adapters(model.bytes(), imported(model.bytes()), {.rank = 4});
  const TiledNetwork tiled = mapper::lay_out(imported(bytes), tiles::test::tile());
  const auto data = stroke_digits(1000, 5, 2);
  TrainingOptions options;
  options.recipe = read_recipe(
      std::nullopt, {"epochs=8", "adapters.rank=4", "optimiser.kind=adam", "optimiser.rate=0.02", "validation.samples=100", "validation.repeats=1"},
      {tiled.network, tiled.tiles, data->size(), false});
  const Network trained = train(tiled, *data, options).network;
  ASSERT_EQ(trained.matrices.size(), 6U);
  for (std::size_t m = 0; m < trained.matrices.size(); ++m) {
    const bool stays = trained.matrices[m].weights == tiled.network.matrices[m].weights;
    EXPECT_NE(stays, is_adapter(trained.matrices[m].name)) << trained.matrices[m].name;
  }
  for (std::size_t n = 0; n < trained.nodes.size(); ++n) EXPECT_EQ(trained.nodes[n].bias, tiled.network.nodes[n].bias);
  EXPECT_GT(evaluate_float(trained, *data, 0, 500, 1), evaluate_float(tiled.network, *data, 0, 500, 1) + 0.1);
  const std::string path = std::filesystem::temp_directory_path() / ("mho_adapters_" + std::to_string(getpid()) + ".onnx");
  export_onnx(OnnxBytes{"network", ".", bytes}, trained, path);
  const Network read = import_onnx(path);
  std::remove(path.c_str());
  EXPECT_EQ(read.weights(), 24 * 256 + 240);
  EXPECT_EQ(matrix_named(read, "h").weights, tiled.network.matrices[0].weights);
  EXPECT_EQ(read.input_ranges.size(), 2U);
  std::vector<float> x(256);
  for (std::size_t sample = 0; sample < 20; ++sample) {
    data->load(sample, x);
    const std::vector<float> wanted = run_float(trained, x), found = run_float(read, x);
    for (std::size_t o = 0; o < wanted.size(); ++o) EXPECT_NEAR(found[o], wanted[o], 1e-5);
  }
}

TEST(AdaptersTest, LayersThatCannotHaveOneAreNamed) {
  const std::string bytes = convolutions_bytes();
  const auto refusal = [&](const std::string& source, const std::string& layers) {
    try {
      (void)with_adapters(source, imported(source), {.rank = 1, .layers = layers});
    } catch (const base::UserError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  // The second convolution has two groups. Its layers are called by their outputs.
  EXPECT_THAT(refusal(bytes, "y,c2"), HasSubstr("no layer that can have an adapter is called 'c2'; there are c1, y"));
  EXPECT_EQ(refusal(bytes, "c?"), "");
  EXPECT_THAT(refusal(with_adapters(bytes, imported(bytes), {}), "*"), HasSubstr("has adapters already"));
}

}  // namespace
}  // namespace mho::workloads
