#pragma once

// Small networks of every kind, tiles whose forward pass is smooth, and the check of gradients by finite differences.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <functional>

#include "mapper/mapper.h"
#include "tests/tiles/standard_tile.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/autograd/torch_network.h"

namespace mho::workloads::test {

/// Numbers that look random, in (-1, 1), the same for the same seed.
inline std::vector<float> scattered(std::int64_t count, int seed) {
  std::vector<float> values(static_cast<std::size_t>(count));
  base::RandomStream({.seed = static_cast<std::uint64_t>(seed), .purpose = base::Purpose::data}).uniforms({}, 0, values);
  for (float& v : values) v = 2 * v - 1;
  return values;
}
inline std::vector<float> times(std::vector<float> values, float factor) {
  for (float& v : values) v *= factor;
  return values;
}

inline std::string perceptron_bytes() {
  OnnxModel model;
  model.input("x", {0, 16}).output("y").floats("w1", {12, 16}, times(scattered(192, 1), 0.6F)).floats("b1", {12}, times(scattered(12, 2), 0.2F));
  model.node("Gemm", {"x", "w1", "b1"}, "h").attribute("transB", 1).node("Tanh", {"h"}, "t");
  model.floats("w2", {5, 12}, times(scattered(60, 3), 0.5F)).node("Gemm", {"t", "w2"}, "y").attribute("transB", 1);
  return model.bytes();
}
inline Network perceptron() { return import_onnx_bytes(perceptron_bytes(), "perceptron", {.trace = true}); }

/// Strides, unequal paddings, groups.
inline std::string convolutions_bytes() {
  OnnxModel model;
  model.input("x", {0, 4, 7, 6})
      .output("y")
      .floats("w1", {6, 4, 3, 3}, times(scattered(216, 4), 0.3F))
      .floats("b1", {6}, times(scattered(6, 5), 0.2F));
  model.node("Conv", {"x", "w1", "b1"}, "c1")
      .attribute("strides", std::vector<std::int64_t>{2, 1})
      .attribute("pads", std::vector<std::int64_t>{1, 0, 0, 2});
  model.node("Sigmoid", {"c1"}, "s1")
      .floats("w2", {4, 3, 2, 2}, times(scattered(48, 6), 0.5F))
      .node("Conv", {"s1", "w2"}, "c2")
      .attribute("group", 2);
  model.node("Tanh", {"c2"}, "t").node("Flatten", {"t"}, "f");
  model.floats("w3", {3, 40}, times(scattered(120, 7), 0.3F)).node("Gemm", {"f", "w3"}, "y").attribute("transB", 1);
  return model.bytes();
}
inline Network convolutions() { return import_onnx_bytes(convolutions_bytes(), "convolutions", {.trace = true}); }

inline Network recurrent(const char* kind, std::int64_t gates, int linear_before_reset) {
  constexpr std::int64_t steps = 5, width = 6, hidden = 8;
  OnnxModel model(14);
  model.input("x", {steps, 0, width}).output("y");
  model.floats("w", {1, gates * hidden, width}, times(scattered(gates * hidden * width, 8), 0.6F));
  model.floats("r", {1, gates * hidden, hidden}, times(scattered(gates * hidden * hidden, 9), 0.5F));
  model.floats("b", {1, 2 * gates * hidden}, times(scattered(2 * gates * hidden, 10), 0.2F));
  model.node(kind, {"x", "w", "r", "b"}, "", "cell").attribute("hidden_size", hidden);
  if (gates == 3) model.attribute("linear_before_reset", linear_before_reset);
  model.proto().mutable_graph()->mutable_node(0)->add_output("last");
  model.ints("shape", {-1, hidden}).node("Reshape", {"last", "shape"}, "flat");
  model.floats("w2", {3, hidden}, times(scattered(3 * hidden, 11), 0.6F)).node("Gemm", {"flat", "w2"}, "y").attribute("transB", 1);
  return import_onnx_bytes(model.bytes(), kind, {.trace = true});
}

/// One block of a transformer: two heads, residual, normalisation, perceptron.
inline std::string attention_bytes() {
  constexpr std::int64_t tokens = 5, width = 8;
  OnnxModel model(17);
  model.input("x", {0, tokens, width}).output("y").ints("heads", {0, tokens, 2, width / 2}).ints("joined", {0, tokens, width});
  const auto projected = [&](const std::string& name, int seed, const std::vector<std::int64_t>& order) {
    model.floats("w" + name, {width, width}, times(scattered(width * width, seed), 0.5F));
    model.node("MatMul", {"x", "w" + name}, name).node("Reshape", {name, "heads"}, name + "h");
    model.node("Transpose", {name + "h"}, name + "t").attribute("perm", order);
  };
  projected("q", 12, {0, 2, 1, 3});
  projected("k", 13, {0, 2, 3, 1});
  projected("v", 14, {0, 2, 1, 3});
  model.floats("root", {1}, {0.5F}).node("MatMul", {"qt", "kt"}, "raw").node("Mul", {"raw", "root"}, "scores").node("Softmax", {"scores"}, "p");
  model.attribute("axis", -1);
  model.node("MatMul", {"p", "vt"}, "mixed").node("Transpose", {"mixed"}, "back").attribute("perm", std::vector<std::int64_t>{0, 2, 1, 3});
  model.node("Reshape", {"back", "joined"}, "flat").floats("wo", {width, width}, times(scattered(width * width, 15), 0.5F));
  model.node("MatMul", {"flat", "wo"}, "o").node("Add", {"o", "x"}, "sum");
  model.floats("gain", {width}, times(scattered(width, 16), 0.9F)).floats("shift", {width}, times(scattered(width, 17), 0.2F));
  model.node("LayerNormalization", {"sum", "gain", "shift"}, "norm").attribute("axis", -1);
  model.floats("w1", {width, 12}, times(scattered(96, 18), 0.5F)).node("MatMul", {"norm", "w1"}, "up").node("Tanh", {"up"}, "act");
  model.floats("w2", {12, 4}, times(scattered(48, 19), 0.5F)).node("MatMul", {"act", "w2"}, "y");
  return model.bytes();
}
inline Network attention() { return import_onnx_bytes(attention_bytes(), "attention", {.trace = true}); }

/// A tile of the paper without rounding, noise and wires: what is left clips, and is else linear.
inline tiles::TileParameters smooth_tile(const std::vector<std::string>& more) {
  return tiles::test::tile(tiles::test::with(
      tiles::test::paper_formats(),
      tiles::test::with({"tile.dac.bits=ideal", "tile.adc.bits=ideal", "tile.noise.read_kind=off", "tile.noise.output=0", "tile.ir_drop.scale=off"},
                        more)));
}

/// Derivative of `value` along a direction of a parameter: central differences of three widths, whose errors of second and fourth order cancel.
inline double derivative_along(const std::function<double()>& value, torch::Tensor parameter, const torch::Tensor& direction, double length) {
  const torch::NoGradGuard guard;
  const torch::Tensor before = parameter.detach().clone();
  const auto difference = [&](double width) {
    const auto at = [&](double t) {
      parameter.copy_(before + t * direction);
      return value();
    };
    return (at(width) - at(-width)) / (2 * width);
  };
  const double slope = 1.5 * difference(length) - 0.6 * difference(2 * length) + 0.1 * difference(3 * length);
  parameter.copy_(before);
  return slope;
}

/// Gradients of `loss` in every parameter of the model against differences of `value`, which is the same number in more digits.
inline void expect_gradients_of(TorchNetwork& model, const std::function<torch::Tensor()>& loss, const std::function<double()>& value, double length,
                                double tolerance) {
  loss().backward();
  int seed = 30;
  for (Parameter& parameter : model.parameters()) {
    const torch::Tensor gradient = parameter.tensor.grad();
    ASSERT_TRUE(gradient.defined()) << parameter.name;
    for (int repeat = 0; repeat < 3; ++repeat) {
      // Along the gradient and something beside it: large enough to be measured, and wrong where any part of the gradient is.
      // Zeros of a weight matrix are its structure: what is between the groups of a convolution.
      const torch::Tensor present = (parameter.tensor != 0).to(torch::kFloat32);
      const torch::Tensor random = torch::tensor(scattered(gradient.numel(), seed++)).reshape(gradient.sizes()) * present;
      const torch::Tensor direction = gradient / gradient.norm() + random / random.norm();
      const double wanted = derivative_along(value, parameter.tensor, direction, length);
      const double found = (gradient * direction).sum().item<double>();
      EXPECT_NEAR(found, wanted, tolerance * gradient.norm().item<double>()) << parameter.name;
    }
  }
}

}  // namespace mho::workloads::test
