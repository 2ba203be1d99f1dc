// Trained numbers must be finite; masks may hold minus infinity.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"
#include "tests/workloads/onnx_model.h"

namespace mho::workloads {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr float infinity = std::numeric_limits<float>::infinity();

struct Case {
  std::string op;
  Shape x;
  std::vector<std::pair<std::string, Shape>> constants;  ///< each is made bad in turn
};

std::vector<Case> cases() {
  const std::vector<std::pair<std::string, Shape>> normalisation{{"scale", {2}}, {"shift", {2}}, {"mean", {2}}, {"variance", {2}}};
  return {
      {"Gemm", {1, 3}, {{"w", {3, 2}}, {"b", {2}}}},
      {"MatMul", {1, 4, 3}, {{"w", {3, 2}}}},
      {"Conv", {1, 2, 4, 4}, {{"w", {2, 2, 3, 3}}, {"b", {2}}}},
      {"ConvTranspose", {1, 2, 4, 4}, {{"w", {2, 2, 3, 3}}, {"b", {2}}}},
      {"BatchNormalization", {1, 2, 4, 4}, normalisation},
      {"LayerNormalization", {1, 3, 4}, {{"scale", {4}}, {"shift", {4}}}},
      {"InstanceNormalization", {1, 2, 4, 4}, {{"scale", {2}}, {"shift", {2}}}},
      {"RNN", {4, 1, 3}, {{"w", {1, 2, 3}}, {"r", {1, 2, 2}}, {"b", {1, 4}}}},
  };
}

OnnxModel model_of(const Case& one, const std::string& bad, float number) {
  std::vector<std::string> names;
  for (const auto& [name, shape] : one.constants) names.push_back(name);
  OnnxModel model = one_operator(one.op, one.x, names, 17);
  if (one.op == "RNN") model.attribute("hidden_size", 2);
  for (const auto& [name, shape] : one.constants) {
    std::vector<float> data(static_cast<std::size_t>(element_count(shape)), 0.5F);
    if (name == bad) data.back() = number;
    model.floats(name, shape, data);
  }
  return model;
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::bad_input);
    return error.what();
  }
  return "";
}

TEST(FiniteWeights, EveryTrainedTensorIsNamed) {
  for (const Case& one : cases()) {
    EXPECT_NO_THROW(static_cast<void>(model_of(one, "", 0).import())) << one.op;
    for (const auto& [name, shape] : one.constants) {
      for (const float number : {infinity, -infinity, std::numeric_limits<float>::quiet_NaN()}) {
        EXPECT_THAT(message_of([&, bad = name] { static_cast<void>(model_of(one, bad, number).import()); }),
                    AllOf(HasSubstr("tensor '" + name + "'"), HasSubstr("must be finite")))
            << one.op << " " << name << " " << number;
      }
    }
  }
}

/// The tensor of the file, not the one that the graph makes of it.
TEST(FiniteWeights, ThroughWhatIsFolded) {
  OnnxModel model;
  model.input("x", {1, 3}).output("y").floats("w", {2, 3}, {1, 2, 3, 4, infinity, 6}).node("Transpose", {"w"}, "t").node("MatMul", {"x", "t"}, "y");
  EXPECT_THAT(message_of([&] { static_cast<void>(model.import()); }), HasSubstr("tensor 'w' holds inf at element 4"));
  OnnxModel made;
  made.input("x", {1, 2}).output("y").floats("w", {2, 2}, {3e38F, 2, 3, 4}).floats("two", {1}, {2}).node("Mul", {"w", "two"}, "t");
  made.node("MatMul", {"x", "t"}, "y");
  EXPECT_THAT(message_of([&] { static_cast<void>(made.import()); }),
              HasSubstr("tensor 't', which the graph makes of 'w', 'two', has inf at element 0"));
}

TEST(FiniteWeights, WhatBatchNormalisationMakesOfThem) {
  OnnxModel model(15);
  model.input("x", {1, 1, 2, 2}).output("y").floats("w", {1, 1, 1, 1}, {1e30F}).node("Conv", {"x", "w"}, "c", "conv");
  for (const auto& [name, number] : std::vector<std::pair<std::string, float>>{{"scale", 1e30F}, {"shift", 0}, {"mean", 0}, {"variance", 1}}) {
    model.floats(name, {1}, {number});
  }
  model.node("BatchNormalization", {"c", "scale", "shift", "mean", "variance"}, "y");
  EXPECT_THAT(message_of([&] { static_cast<void>(model.import()); }), AllOf(HasSubstr("'conv'"), HasSubstr("'scale'"), HasSubstr("beyond float32")));
}

TEST(FiniteWeights, MasksMayHoldMinusInfinity) {
  OnnxModel scores;
  scores.input("x", {1, 2, 2}).output("y").floats("mask", {1, 2, 2}, {0, -infinity, 0, 0}).node("Add", {"x", "mask"}, "y");
  EXPECT_NO_THROW(static_cast<void>(scores.import()));
  const auto added = [](const std::vector<float>& term) {
    OnnxModel words;
    words.input("x", {1, 2}).output("y").floats("w", {2, 2}, {1, 2, 3, 4}).floats("b", {2}, term).node("MatMul", {"x", "w"}, "p");
    words.node("Add", {"p", "b"}, "y");
    return words.import();
  };
  EXPECT_NO_THROW(static_cast<void>(added({0, -infinity})));
  EXPECT_THAT(message_of([&] { static_cast<void>(added({0.5F, -infinity})); }), HasSubstr("tensor 'b' holds -inf at element 1"));
  EXPECT_THAT(message_of([&] { static_cast<void>(added({0, infinity})); }), HasSubstr("tensor 'b' holds inf"));
}

TEST(FiniteWeights, TablesOfWords) {
  OnnxModel model;
  model.input("x", {1, 2}, onnx::TensorProto::INT64).output("y").floats("words", {3, 2}, {1, 2, 3, 4, std::nanf(""), 6});
  model.node("Gather", {"words", "x"}, "y");
  EXPECT_THAT(message_of([&] { static_cast<void>(model.import()); }), HasSubstr("tensor 'words' holds nan at element 4"));
}

}  // namespace
}  // namespace mho::workloads
