// Operators that an optimiser leaves behind, and sums of products with trained weights, each against numbers computed here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

#include "tests/workloads/onnx/one_operator.h"

namespace mho::workloads {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;

/// One operator of another domain.
OnnxModel foreign(const std::string& domain, const std::string& op, const Shape& x, const std::vector<std::string>& more = {}) {
  OnnxModel model = one_operator(op, x, more);
  model.proto().mutable_graph()->mutable_node(0)->set_domain(domain);
  return model;
}
OnnxModel microsoft(const std::string& op, const Shape& x, const std::vector<std::string>& more = {}) {
  return foreign("com.microsoft", op, x, more);
}

onnx::NodeProto& last(OnnxModel& model) { return *model.proto().mutable_graph()->mutable_node(model.proto().graph().node_size() - 1); }

double gelu(double v) { return 0.5 * v * (1 + std::erf(v / std::sqrt(2.0))); }
double tanh_gelu(double v) { return 0.5 * v * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (v + 0.044715 * v * v * v))); }

TEST(FusedOperators, Activations) {
  const Floats x{-2, -0.3F, 0.7F}, sum{-1.5F, -0.3F, 1.7F};
  const auto near = [](const Floats& y) { return Pointwise(FloatNear(1e-6F), y); };
  EXPECT_THAT(run(microsoft("Gelu", {0, 3}), x), near(each(x, gelu)));
  EXPECT_THAT(run(microsoft("FastGelu", {0, 3}), x), near(each(x, tanh_gelu)));
  EXPECT_THAT(run(microsoft("FastGelu", {0, 3}, {"b"}).floats("b", {3}, {0.5, 0, 1}), x), near(each(sum, tanh_gelu)));
  EXPECT_THAT(run(microsoft("BiasGelu", {0, 3}, {"b"}).floats("b", {3}, {0.5, 0, 1}), x), near(each(sum, gelu)));
  EXPECT_THAT(run(microsoft("QuickGelu", {0, 3}), x), near(each(x, [](double v) { return v / (1 + std::exp(-1.702 * v)); })));
  EXPECT_THAT(run(microsoft("QuickGelu", {0, 3}).attribute("alpha", 1.0F), x), near(each(x, [](double v) { return v / (1 + std::exp(-v)); })));
  EXPECT_THAT(refusal(microsoft("Gelus", {0, 3})), HasSubstr("com.microsoft.QuickGelu"));
  EXPECT_THAT(run(microsoft("BiasSoftmax", {0, 2}, {"b"}).floats("b", {2}, {0, std::log(3.0F)}), {1, 1}), near({0.25, 0.75}));
}

TEST(FusedOperators, ConvolutionWithAResidualBranchAndAnActivation) {
  const Floats x{1, -2};
  const auto model = [](bool residual) {
    auto made = microsoft("FusedConv", {0, 1, 2}, residual ? std::vector<std::string>{"w", "b", "x"} : std::vector<std::string>{"w", "b"});
    return made.floats("w", {1, 1, 1}, {3}).floats("b", {1}, {1});
  };
  EXPECT_THAT(run(model(false).attribute("activation", "Relu"), x), ElementsAre(4, 0));
  EXPECT_THAT(run(model(true), x), ElementsAre(5, -7));
  EXPECT_THAT(run(model(true).attribute("activation", "Relu"), x), ElementsAre(5, 0));
  auto leaky = model(false).attribute("activation", "LeakyRelu");
  auto* constants = leaky.proto().mutable_graph()->mutable_node(0)->add_attribute();
  constants->set_name("activation_params");
  constants->set_type(onnx::AttributeProto::FLOATS);
  constants->add_floats(0.5F);
  EXPECT_THAT(run(leaky, x), ElementsAre(4, -2.5));
  EXPECT_THAT(refusal(model(false).attribute("activation", "Swish")), HasSubstr("'Swish' is not supported"));
  const Network network = model(true).attribute("activation", "Relu").import();
  ASSERT_EQ(network.matrices.size(), 1U);
  EXPECT_TRUE(network.nodes[0].on_tiles());
}

TEST(FusedOperators, MatrixProducts) {
  const Floats x{1, 10, 100, 1000};
  const auto weights = [](OnnxModel model) { return model.floats("w", {2, 2}, {1, 2, 3, 4}); };
  EXPECT_THAT(run(weights(microsoft("FusedMatMul", {0, 2, 2}, {"w"})), x), ElementsAre(31, 42, 3100, 4200));
  EXPECT_THAT(run(weights(microsoft("FusedMatMul", {0, 2, 2}, {"w"}).attribute("transB", 1).attribute("alpha", 2.0F)), x),
              ElementsAre(42, 86, 4200, 8600));
  EXPECT_THAT(run(weights(microsoft("FusedMatMul", {0, 2, 2}, {"w"}).attribute("transA", 1)), x), ElementsAre(301, 402, 3010, 4020));
  const Network network = weights(microsoft("FusedMatMul", {0, 2, 2}, {"w"}).attribute("transB", 1).attribute("alpha", 2.0F)).import();
  ASSERT_EQ(network.nodes.size(), 1U);
  EXPECT_TRUE(network.nodes[0].on_tiles());
  EXPECT_EQ(network.nodes[0].name, "y");
  // Two activations: x x^T times alpha.
  EXPECT_THAT(run(microsoft("FusedMatMul", {0, 2, 2}, {"x"}).attribute("transB", 1).attribute("alpha", 0.5F), x),
              ElementsAre(50.5, 5050, 5050, 505000));
  // Rows before the heads: [1][rows][heads][columns] times the same with its columns last.
  const Floats heads{1, 2, 3, 4};
  auto batch = microsoft("FusedMatMul", {0, 2, 2, 1}, {"w4"}).attribute("alpha", 1.0F).floats("w4", {1, 1, 1, 1}, {3});
  EXPECT_THAT(run(batch, heads), ElementsAre(3, 6, 9, 12));
  auto gemm = microsoft("FusedGemm", {0, 2}, {"w", "b"}).attribute("transB", 1).attribute("activation", "Relu").floats("b", {2}, {0, -100});
  EXPECT_THAT(run(weights(gemm), {1, 10}), ElementsAre(21, 0));
}

TEST(FusedOperators, NormalisationsOfASum) {
  const Floats x{1, 2, 4, -3, 0, 1};
  const Floats skip{0.5F, -1, 2, 1, 1, 0}, gain{1, 2, 3}, shift{0.1F, 0.2F, 0.3F}, bias{1, 0, -1};
  std::vector<double> sum(6), normalised(6), by_root(6), means(2), deviations(2);
  for (std::size_t r = 0; r < 2; ++r) {
    double mean = 0, variance = 0, square = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      sum[3 * r + i] = static_cast<double>(x[3 * r + i]) + static_cast<double>(skip[3 * r + i]) + static_cast<double>(bias[i]);
      mean += sum[3 * r + i] / 3;
      square += sum[3 * r + i] * sum[3 * r + i] / 3;
    }
    for (std::size_t i = 0; i < 3; ++i) variance += (sum[3 * r + i] - mean) * (sum[3 * r + i] - mean) / 3;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto g = static_cast<double>(gain[i]);
      normalised[3 * r + i] = (sum[3 * r + i] - mean) / std::sqrt(variance + 1e-5) * g + static_cast<double>(shift[i]);
      by_root[3 * r + i] = sum[3 * r + i] / std::sqrt(square + 1e-5) * g;
    }
    means[r] = mean;
    deviations[r] = 1 / std::sqrt(variance + 1e-5);
  }
  const auto near = [](const std::vector<double>& y) { return Pointwise(FloatNear(1e-5F), Floats(y.begin(), y.end())); };
  // All outputs: the one that is scored is chosen by its name.
  const auto skipped = [&](const std::string& op, std::vector<std::string> in, const std::string& scored) {
    OnnxModel model;
    model.input("x", {0, 2, 3}).output(scored).floats("skip", {1, 2, 3}, skip).floats("gain", {3}, gain).floats("shift", {3}, shift);
    model.floats("bias", {3}, bias).node(op, in, "y").attribute("epsilon", 1e-5F);
    last(model).set_domain("com.microsoft");
    for (const char* more : {"mean", "deviation", "sum"}) last(model).add_output(more);
    return model;
  };
  const std::vector<std::string> all{"x", "skip", "gain", "shift", "bias"};
  EXPECT_THAT(run(skipped("SkipLayerNormalization", all, "y"), x), near(normalised));
  EXPECT_THAT(run(skipped("SkipLayerNormalization", all, "mean"), x), near(means));
  EXPECT_THAT(run(skipped("SkipLayerNormalization", all, "deviation"), x), near(deviations));
  EXPECT_THAT(run(skipped("SkipLayerNormalization", all, "sum"), x), near(sum));
  auto simplified = skipped("SkipSimplifiedLayerNormalization", {"x", "skip", "gain", "bias"}, "y");
  last(simplified).set_output(1, "");
  EXPECT_THAT(run(simplified, x), near(by_root));
}

TEST(FusedOperators, RootMeanSquare) {
  const Floats x{3, 4, -6, 8};
  const double a = std::sqrt(12.5 + 1e-5), b = std::sqrt(50 + 1e-5);
  const Floats y{static_cast<float>(3 / a), static_cast<float>(8 / a), static_cast<float>(-6 / b), static_cast<float>(16 / b)};
  const auto near = Pointwise(FloatNear(1e-6F), y);
  EXPECT_THAT(run(one_operator("RMSNormalization", {0, 2, 2}, {"g"}, 23).floats("g", {2}, {1, 2}), x), near);
  EXPECT_THAT(run(one_operator("SimplifiedLayerNormalization", {0, 2, 2}, {"g"}).floats("g", {2}, {1, 2}), x), near);
}

// Trained weights in sums of products.

/// A sum of products over letters, in double precision: every letter's place runs through its length.
Floats summed(const std::string& left, const Shape& a_shape, const Floats& a, const std::string& right, const Shape& b_shape, const Floats& b,
              const std::string& result) {
  std::map<char, std::int64_t> length, at;
  for (std::size_t i = 0; i < left.size(); ++i) length[left[i]] = std::max(length[left[i]], a_shape[i]);
  for (std::size_t i = 0; i < right.size(); ++i) length[right[i]] = std::max(length[right[i]], b_shape[i]);
  std::string letters;
  std::int64_t places = 1, outputs = 1;
  for (const auto& [letter, count] : length) {
    letters += letter;
    places *= count;
  }
  for (const char letter : result) outputs *= length[letter];
  std::vector<double> sums(static_cast<std::size_t>(outputs), 0.0);
  const auto element = [&](const std::string& axes, const Shape* shape) {
    std::int64_t index = 0;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const std::int64_t own = shape != nullptr ? (*shape)[i] : length[axes[i]];
      index = index * own + (own == 1 ? 0 : at[axes[i]]);
    }
    return static_cast<std::size_t>(index);
  };
  for (std::int64_t place = 0; place < places; ++place) {
    std::int64_t rest = place;
    for (const char letter : letters) {
      at[letter] = rest % length[letter];
      rest /= length[letter];
    }
    sums[element(result, nullptr)] += static_cast<double>(a[element(left, &a_shape)]) * static_cast<double>(b[element(right, &b_shape)]);
  }
  return {sums.begin(), sums.end()};
}

TEST(TrainedEinsum, WeightsGoToTiles) {
  struct Case {
    std::string left;
    Shape x;
    std::string right;
    Shape w;
    std::string result;
    std::int64_t inputs, outputs, groups = 1;
  };
  const std::vector<Case> cases{
      {"abc", {1, 3, 4}, "cde", {4, 2, 3}, "abde", 4, 6},     // Keras: queries of several heads
      {"abcd", {1, 3, 2, 4}, "cde", {2, 4, 5}, "abe", 8, 5},  // and what puts the heads together
      {"bth", {1, 3, 4}, "hnd", {4, 2, 3}, "btnd", 4, 6},
      {"bth", {1, 3, 4}, "oh", {5, 4}, "bto", 4, 5},
      {"bth", {1, 3, 4}, "ho", {4, 5}, "bot", 4, 5},               // outputs before the places
      {"bnth", {1, 2, 3, 4}, "nhd", {2, 4, 5}, "bntd", 8, 10, 2},  // a matrix for each head
      {"btnh", {1, 3, 2, 4}, "nhd", {2, 4, 5}, "btnd", 8, 10, 2},
      {"bnth", {1, 2, 3, 4}, "nhd", {2, 4, 1}, "bntd", 8, 2, 2},
      {"bnth", {1, 1, 3, 4}, "nhd", {2, 4, 5}, "bntd", 4, 10},  // the same input for each
      {"bnth", {1, 2, 3, 4}, "nhd", {1, 4, 5}, "bntd", 4, 5},   // the same matrix for each
  };
  for (const Case& one : cases) {
    const std::string equation = one.left + "," + one.right + "->" + one.result;
    const auto count = [](const Shape& shape) { return static_cast<std::size_t>(element_count(shape)); };
    const Floats x = ramp(count(one.x)), w = ramp(count(one.w), 0.07F);
    const Floats expected = summed(one.left, one.x, x, one.right, one.w, w, one.result);
    Shape batch = one.x;
    batch[0] = 0;
    for (const bool swapped : {false, true}) {
      OnnxModel model;
      model.input("x", batch).output("y").floats("w", one.w, w);
      model.node("Einsum", swapped ? std::vector<std::string>{"w", "x"} : std::vector<std::string>{"x", "w"}, "y");
      model.attribute("equation", swapped ? (one.right + "," + one.left + "->" + one.result).c_str() : equation.c_str());
      const Network network = model.import();
      EXPECT_THAT(run_float(network, x), Pointwise(FloatNear(1e-4F), expected)) << equation;
      ASSERT_EQ(network.matrices.size(), 1U) << equation;
      EXPECT_EQ(network.matrices[0].inputs, one.inputs) << equation;
      EXPECT_EQ(network.matrices[0].outputs, one.outputs) << equation;
      EXPECT_EQ(network.matrices[0].groups, one.groups) << equation;
    }
  }
}

TEST(TrainedEinsum, MatMulWithAMatrixForEachPlace) {
  const Floats x = ramp(2 * 3 * 4), w = ramp(2 * 4 * 5, 0.07F);
  auto model = one_operator("MatMul", {0, 2, 3, 4}, {"w"}).floats("w", {2, 4, 5}, w);
  const Network network = model.import();
  EXPECT_THAT(run_float(network, x), Pointwise(FloatNear(1e-4F), summed("nth", {2, 3, 4}, x, "nhd", {2, 4, 5}, w, "ntd")));
  ASSERT_EQ(network.matrices.size(), 1U);
  EXPECT_EQ(network.matrices[0].groups, 2);
  // With the weights on the left.
  OnnxModel left;
  left.input("x", {0, 2, 4, 3}).output("y").floats("w", {2, 5, 4}, w).node("MatMul", {"w", "x"}, "y");
  const Floats y = run(left, x);
  EXPECT_THAT(y, Pointwise(FloatNear(1e-4F), summed("nht", {2, 4, 3}, x, "ndh", {2, 5, 4}, w, "ndt")));
  EXPECT_EQ(left.import().matrices.size(), 1U);
  // Several matrices where the batch is would make several samples of one.
  EXPECT_THAT(refusal(one_operator("MatMul", {0, 3, 4}, {"w"}).floats("w", {2, 4, 5}, w)), HasSubstr("batch"));
}

TEST(TrainedEinsum, WhatSumsNothingIsNoMatrix) {
  const Network network = one_operator("Einsum", {0, 3}, {"w"}).attribute("equation", "bi,j->bij").floats("w", {2}, {1, 10}).import();
  EXPECT_TRUE(network.matrices.empty());
  EXPECT_THAT(run_float(network, Floats{1, 2, 3}), ElementsAre(1, 10, 2, 20, 3, 30));
}

}  // namespace
}  // namespace mho::workloads
