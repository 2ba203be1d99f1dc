// What exporters write around operators: operator sets old and new, functions, branches, and operators of other domains, each against numbers
// computed here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/execution/evaluation.h"

namespace mho::workloads {
namespace {

using base::user_error;
using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;
using Ints = std::vector<std::int64_t>;
using Floats = std::vector<float>;

constexpr std::int64_t newest = 24;

Floats run(const OnnxModel& model, const Floats& x) { return run_float(model.import(), x); }
std::string refusal(const OnnxModel& model) {
  return user_error([&] { model.import(); });
}

/// One operator of another domain.
OnnxModel foreign(const std::string& domain, const std::string& op, const Shape& x, const std::vector<std::string>& more = {}) {
  OnnxModel model = one_operator(op, x, more);
  model.proto().mutable_graph()->mutable_node(0)->set_domain(domain);
  return model;
}
OnnxModel microsoft(const std::string& op, const Shape& x, const std::vector<std::string>& more = {}) {
  return foreign("com.microsoft", op, x, more);
}

Floats each(const Floats& x, const std::function<double(double)>& f) {
  Floats y;
  for (const float value : x) y.push_back(static_cast<float>(f(static_cast<double>(value))));
  return y;
}

// Operator sets.

TEST(OperatorSets, SixToTwentyFour) {
  const Floats x{-1, 0.5, 2};
  for (std::int64_t opset = 6; opset <= newest; ++opset)
    EXPECT_THAT(run(one_operator("Relu", {0, 3}, {}, opset), x), ElementsAre(0, 0.5, 2)) << opset;
  EXPECT_THAT(refusal(one_operator("Relu", {0, 3}, {}, 5)), HasSubstr("versions 6 to 24"));
  EXPECT_THAT(refusal(one_operator("Relu", {0, 3}, {}, 25)), HasSubstr("versions 6 to 24"));
}

TEST(OperatorSets, BeforeSevenAnAxisSaysWhereTheSecondOperandBegins) {
  const Floats x{1, 2, 3, 4, 5, 6, 7, 8};
  const auto old = [&](const std::string& op) {
    return one_operator(op, {0, 2, 2, 2}, {"c"}, 6).attribute("broadcast", 1).attribute("axis", 1).floats("c", {2}, {10, 20});
  };
  EXPECT_THAT(run(old("Add"), x), ElementsAre(11, 12, 13, 14, 25, 26, 27, 28));
  EXPECT_THAT(run(old("Mul"), x), ElementsAre(10, 20, 30, 40, 100, 120, 140, 160));
  // Without an axis at the end, as ever since.
  EXPECT_THAT(run(one_operator("Add", {0, 2, 2, 2}, {"c"}, 6).attribute("broadcast", 1).floats("c", {2}, {10, 20}), x),
              ElementsAre(11, 22, 13, 24, 15, 26, 17, 28));
  EXPECT_THAT(refusal(one_operator("Add", {0, 2}, {"c"}, 6).attribute("broadcast", 1).attribute("axis", 1).floats("c", {1, 2}, {1, 2})),
              HasSubstr("does not fit behind axis 1"));
  // A bias by channel still goes into the convolution before it.
  OnnxModel folded(6);
  folded.input("x", {0, 1, 1, 2}).output("y").floats("w", {2, 1, 1, 1}, {1, 2}).floats("b", {2}, {10, 20});
  folded.node("Conv", {"x", "w"}, "c").node("Add", {"c", "b"}, "y").attribute("broadcast", 1).attribute("axis", 1);
  EXPECT_THAT(run(folded, {1, 2}), ElementsAre(11, 12, 22, 24));
}

TEST(OperatorSets, SlopesBelongedToChannels) {
  const Floats x{-1, -2, -3, -4};
  EXPECT_THAT(run(one_operator("PRelu", {0, 2, 2}, {"s"}, 6).floats("s", {2}, {10, 100}), x), ElementsAre(-10, -20, -300, -400));
  EXPECT_THAT(run(one_operator("PRelu", {0, 2, 2}, {"s"}, 7).floats("s", {2}, {10, 100}), x), ElementsAre(-10, -200, -30, -400));
}

TEST(OperatorSets, UpsampleHadAScaleForHeightAndWidth) {
  auto model = one_operator("Upsample", {0, 1, 1, 2}, {}, 6).attribute("height_scale", 2.0F).attribute("width_scale", 2.0F);
  EXPECT_THAT(run(model, {1, 2}), ElementsAre(1, 1, 2, 2, 1, 1, 2, 2));
}

TEST(OperatorSets, StatisticsOfTrainingAreRefused) {
  const auto normalised = [](int is_test) {
    auto model = one_operator("BatchNormalization", {0, 1, 2}, {"s", "b", "m", "v"}, 6).attribute("is_test", is_test).attribute("epsilon", 0.0F);
    model.floats("s", {1}, {2}).floats("b", {1}, {1}).floats("m", {1}, {1}).floats("v", {1}, {4});
    model.proto().mutable_graph()->mutable_node(0)->add_output("mean");
    return model;
  };
  EXPECT_THAT(run(normalised(1), {1, 3}), ElementsAre(1, 3));
  EXPECT_THAT(refusal(normalised(0)), HasSubstr("training"));
}

TEST(OperatorSets, GroupNormalizationHasItsParametersByGroupUntilTwenty) {
  const auto grouped = [](std::int64_t opset) {
    return one_operator("GroupNormalization", {0, 4, 1}, {"s", "b"}, opset)
        .attribute("num_groups", 2)
        .floats("s", {2}, {1, 2})
        .floats("b", {2}, {0, 0});
  };
  EXPECT_THAT(run(grouped(18), {1, 3, 1, 3}), Pointwise(FloatNear(1e-4F), {-1, 1, -2, 2}));
  EXPECT_THAT(refusal(grouped(21)), HasSubstr("each of the 4 channels"));
}

// Functions of the file.

onnx::FunctionProto& function(OnnxModel& model, const std::string& name, const std::vector<std::string>& in, const std::vector<std::string>& out,
                              std::int64_t opset = 13) {
  onnx::FunctionProto& made = *model.proto().add_functions();
  made.set_name(name);
  made.set_domain("local");
  for (const std::string& one : in) made.add_input(one);
  for (const std::string& one : out) made.add_output(one);
  made.add_opset_import()->set_version(opset);
  return made;
}

onnx::NodeProto& node(onnx::FunctionProto& function, const std::string& op, const std::vector<std::string>& in, const std::string& out,
                      const std::string& domain = "") {
  onnx::NodeProto& made = *function.add_node();
  made.set_op_type(op);
  made.set_domain(domain);
  for (const std::string& one : in) made.add_input(one);
  made.add_output(out);
  return made;
}

OnnxModel& call(OnnxModel& model, const std::string& name, const std::vector<std::string>& in, const std::string& out) {
  model.node(name, in, out);
  model.proto().mutable_graph()->mutable_node(model.proto().graph().node_size() - 1)->set_domain("local");
  return model;
}

TEST(LocalFunctions, CalledTwiceAndInsideEachOther) {
  OnnxModel model;
  model.input("x", {0, 2}).output("y");
  onnx::FunctionProto& square_plus = function(model, "SquarePlus", {"a", "b"}, {"r"});
  node(square_plus, "Mul", {"a", "a"}, "t");
  node(square_plus, "Add", {"t", "b"}, "r");
  onnx::FunctionProto& twice = function(model, "Twice", {"a"}, {"r"});
  node(twice, "SquarePlus", {"a", "a"}, "t", "local");
  node(twice, "SquarePlus", {"t", "a"}, "r", "local");
  call(model, "Twice", {"x"}, "t");  // the name is used inside as well
  call(model, "SquarePlus", {"t", "x"}, "y");
  const auto expected = [](double v) {
    const double t = v * v + v, r = t * t + v;
    return r * r + v;
  };
  EXPECT_THAT(run(model, {1, -2}), Pointwise(FloatNear(1e-4F), each({1, -2}, expected)));
}

TEST(LocalFunctions, AttributesComeFromTheCallOrFromTheFunction) {
  const auto model = [](bool given, bool otherwise) {
    OnnxModel made;
    made.input("x", {0, 2}).output("y");
    onnx::FunctionProto& leaky = function(made, "Leaky", {"a"}, {"r"});
    leaky.add_attribute("slope");
    auto* attribute = node(leaky, "LeakyRelu", {"a"}, "r").add_attribute();
    attribute->set_name("alpha");
    attribute->set_ref_attr_name("slope");
    attribute->set_type(onnx::AttributeProto::FLOAT);
    if (otherwise) {
      onnx::AttributeProto half;
      half.set_name("slope");
      half.set_type(onnx::AttributeProto::FLOAT);
      half.set_f(0.5F);
      constexpr int attribute_proto = 11;  // field of FunctionProto in newer definitions
      leaky.GetReflection()->MutableUnknownFields(&leaky)->AddLengthDelimited(attribute_proto, half.SerializeAsString());
    }
    call(made, "Leaky", {"x"}, "y");
    if (given) made.attribute("slope", 0.25F);
    return made;
  };
  EXPECT_THAT(run(model(true, true), {-4, 4}), ElementsAre(-1, 4));
  EXPECT_THAT(run(model(false, true), {-4, 4}), ElementsAre(-2, 4));
  EXPECT_THAT(run(model(false, false), {-4, 4}), Pointwise(FloatNear(1e-6F), Floats{-0.04F, 4}));
}

TEST(LocalFunctions, NodesAreReadByTheOperatorSetOfTheirFunction) {
  OnnxModel model(13);
  model.input("x", {0, 2, 2}).output("y");
  // Until operator set 12 the last two axes are one row.
  node(function(model, "Old", {"a"}, {"r"}, 12), "Softmax", {"a"}, "r");
  call(model, "Old", {"x"}, "y");
  EXPECT_THAT(run(model, {0, 0, 0, 0}), ElementsAre(0.25, 0.25, 0.25, 0.25));
}

TEST(LocalFunctions, OneThatCallsItselfIsRefused) {
  OnnxModel model;
  model.input("x", {0, 2}).output("y");
  node(function(model, "Loop", {"a"}, {"r"}), "Loop", {"a"}, "r", "local");
  call(model, "Loop", {"x"}, "y");
  EXPECT_THAT(refusal(model), HasSubstr("calls itself"));
}

TEST(LocalFunctions, OneThatDoublesWithEveryLevelIsRefused) {
  OnnxModel model;
  model.input("x", {0, 2}).output("y");
  for (int level = 0; level < 40; ++level) {
    onnx::FunctionProto& made = function(model, "F" + std::to_string(level), {"a"}, {"r"});
    const std::string next = level == 39 ? "Relu" : "F" + std::to_string(level + 1);
    node(made, next, {"a"}, "t", level == 39 ? "" : "local");
    node(made, next, {"t"}, "r", level == 39 ? "" : "local");
  }
  call(model, "F0", {"x"}, "y");
  EXPECT_THAT(refusal(model), HasSubstr("more than"));
}

// Branches.

onnx::GraphProto branch(const std::string& op, const std::vector<std::string>& in, const std::string& out) {
  onnx::GraphProto made;
  auto* node = made.add_node();
  node->set_op_type(op);
  for (const std::string& one : in) node->add_input(one);
  node->add_output(out);
  made.add_output()->set_name(out);
  return made;
}

void set_branch(onnx::NodeProto& node, const std::string& name, const onnx::GraphProto& graph) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx::AttributeProto::GRAPH);
  *attribute->mutable_g() = graph;
}

onnx::NodeProto& last(OnnxModel& model) { return *model.proto().mutable_graph()->mutable_node(model.proto().graph().node_size() - 1); }

/// x, and if it has as many elements as `length` says, its negative, else its double.
OnnxModel by_length(std::int64_t length) {
  OnnxModel model;
  model.input("x", {0, 3}).output("y").ints("one", {1}).floats("length", {1}, {static_cast<float>(length)});
  model.node("Shape", {"x"}, "s")
      .node("Gather", {"s", "one"}, "n")
      .node("Equal", {"n", "length"}, "c")
      .node("Relu", {"x"}, "r")
      .node("If", {"c"}, "y");
  set_branch(last(model), "then_branch", branch("Neg", {"r"}, "t"));
  set_branch(last(model), "else_branch", branch("Add", {"r", "r"}, "t"));
  return model;
}

TEST(Branches, TheConditionIsFolded) {
  EXPECT_THAT(run(by_length(3), {1, -2, 3}), ElementsAre(-1, 0, -3));
  EXPECT_THAT(run(by_length(4), {1, -2, 3}), ElementsAre(2, 0, 6));
}

TEST(Branches, InsideEachOtherWithConstantsAndNamesOfTheirOwn) {
  OnnxModel model;
  model.input("x", {0, 2}).output("y").floats("yes", {}, {1}).floats("no", {}, {0}).node("Neg", {"x"}, "t").node("If", {"yes"}, "y");
  onnx::GraphProto inner = branch("Add", {"t", "k"}, "u");  // t is that of the branch around it
  auto* k = inner.add_initializer();
  k->set_name("k");
  k->set_data_type(onnx::TensorProto::FLOAT);
  k->add_float_data(10);
  onnx::GraphProto outer;
  auto* made = outer.add_node();
  made->set_op_type("Mul");
  made->add_input("x");
  made->add_input("x");
  made->add_output("t");
  auto* nested = outer.add_node();
  nested->set_op_type("If");
  nested->add_input("no");
  nested->add_output("v");
  set_branch(*nested, "then_branch", branch("Neg", {"t"}, "u"));
  set_branch(*nested, "else_branch", inner);
  outer.add_output()->set_name("v");
  set_branch(last(model), "then_branch", outer);
  set_branch(last(model), "else_branch", branch("Relu", {"x"}, "u"));
  EXPECT_THAT(run(model, {2, -3}), ElementsAre(14, 19));
}

TEST(Branches, WhatABranchReadsIsNotFoldedAway) {
  // The normalisation must not go into the weights, because a branch reads the product as it is.
  OnnxModel model;
  model.input("x", {0, 1, 2}).output("y").floats("w", {1, 1, 1}, {2}).floats("yes", {}, {1});
  model.floats("s", {1}, {10}).floats("b", {1}, {0}).floats("m", {1}, {0}).floats("v", {1}, {1});
  model.node("Conv", {"x", "w"}, "c").node("BatchNormalization", {"c", "s", "b", "m", "v"}, "n").attribute("epsilon", 0.0F).node("If", {"yes"}, "i");
  onnx::GraphProto pass;
  pass.add_output()->set_name("c");
  set_branch(last(model), "then_branch", pass);
  set_branch(last(model), "else_branch", pass);
  model.node("Add", {"i", "n"}, "y");
  EXPECT_THAT(run(model, {1, 2}), ElementsAre(22, 44));
}

TEST(Branches, WhatABranchPassesOnIsNotFoldedAway) {
  // The branch hands the product on to two readers, of which one is a normalisation.
  OnnxModel model;
  model.input("x", {0, 1, 2}).output("y").floats("w", {1, 1, 1}, {2}).floats("yes", {}, {1});
  model.floats("s", {1}, {10}).floats("b", {1}, {0}).floats("m", {1}, {0}).floats("v", {1}, {1});
  model.node("Conv", {"x", "w"}, "c").node("If", {"yes"}, "i");
  set_branch(last(model), "then_branch", branch("Identity", {"c"}, "t"));
  set_branch(last(model), "else_branch", branch("Neg", {"c"}, "t"));
  model.node("BatchNormalization", {"i", "s", "b", "m", "v"}, "n").attribute("epsilon", 0.0F).node("Add", {"i", "n"}, "y");
  EXPECT_THAT(run(model, {1, 2}), ElementsAre(22, 44));
}

TEST(Branches, AConditionOfTheInputIsRefused) {
  OnnxModel model;
  model.input("x", {0, 1}).output("y").node("If", {"x"}, "y");
  set_branch(last(model), "then_branch", branch("Neg", {"x"}, "t"));
  set_branch(last(model), "else_branch", branch("Relu", {"x"}, "t"));
  EXPECT_THAT(refusal(model), HasSubstr("depends on the network's input"));
}

TEST(Branches, AnInputOfOneNumberCanBeGiven) {
  const auto model = [](const Shape& shape) {
    OnnxModel made;
    made.input("x", {0, 2}).input("rate", shape, onnx::TensorProto::INT64).output("y").floats("k", {}, {16000});
    made.node("Equal", {"rate", "k"}, "c").node("If", {"c"}, "y");
    set_branch(last(made), "then_branch", branch("Neg", {"x"}, "t"));
    set_branch(last(made), "else_branch", branch("Add", {"x", "x"}, "t"));
    return made;
  };
  const auto read = [&](const Shape& shape, const std::map<std::string, float>& scalars) {
    return import_onnx_bytes(model(shape).bytes(), "test.onnx", {.scalars = scalars});
  };
  for (const Shape& shape : {Shape{}, Shape{1}}) {
    EXPECT_THAT(run_float(read(shape, {{"rate", 16000.0F}}), Floats{1, -2}), ElementsAre(-1, 2));
    EXPECT_THAT(run_float(read(shape, {{"rate", 8000.0F}}), Floats{1, -2}), ElementsAre(2, -4));
  }
  EXPECT_THAT(refusal(model({})), HasSubstr("--scalar rate=VALUE"));
  EXPECT_THAT(user_error([&] { read({}, {{"rat", 1.0F}}); }), HasSubstr("no input 'rat'"));
  EXPECT_THAT(user_error([&] { read({2}, {{"rate", 1.0F}}); }), HasSubstr("inputs of one number"));
}

// Operators that an optimiser leaves behind.

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

// New operators.

TEST(NewOperators, WhatNumbersAre) {
  const float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  const Floats x{-infinity, -1, 0, nan, infinity};
  EXPECT_THAT(run(one_operator("IsNaN", {0, 5}), x), ElementsAre(0, 0, 0, 1, 0));
  EXPECT_THAT(run(one_operator("IsInf", {0, 5}), x), ElementsAre(1, 0, 0, 0, 1));
  EXPECT_THAT(run(one_operator("IsInf", {0, 5}).attribute("detect_negative", 0), x), ElementsAre(0, 0, 0, 0, 1));
  EXPECT_THAT(run(one_operator("IsInf", {0, 5}).attribute("detect_positive", 0), x), ElementsAre(1, 0, 0, 0, 0));
  const Floats angles{-1.2F, 0.3F, 2, 40};
  EXPECT_THAT(run(one_operator("Tan", {0, 4}), angles), Pointwise(FloatNear(2e-6F), each(angles, [](double v) { return std::tan(v); })));
}

TEST(NewOperators, CastLike) {
  OnnxModel whole;
  whole.input("x", {0, 3}).output("y").ints("like", {0}).node("CastLike", {"x", "like"}, "y");
  EXPECT_THAT(run(whole, {-1.5, 0.4F, 2.9F}), ElementsAre(-1, 0, 2));
  EXPECT_THAT(run(one_operator("CastLike", {0, 2}, {"like"}).floats("like", {1}, {0}), {-1.5, 2.5}), ElementsAre(-1.5, 2.5));
}

TEST(NewOperators, OneHot) {
  const auto model = [](std::int64_t axis) {
    return one_operator("OneHot", {0, 2}, {"depth", "values"})
        .attribute("axis", static_cast<int>(axis))
        .ints("depth", {3})
        .floats("values", {2}, {-1, 5});
  };
  EXPECT_THAT(run(model(-1), {1, -1}), ElementsAre(-1, 5, -1, -1, -1, 5));
  EXPECT_THAT(run(model(1), {1, -1}), ElementsAre(-1, -1, 5, -1, -1, 5));
  EXPECT_THAT(run(model(-1), {7, -4}), ElementsAre(-1, -1, -1, -1, -1, -1));  // beyond its depth
}

TEST(NewOperators, EyeLike) {
  OnnxModel model;
  model.input("x", {0, 3}).output("y").floats("m", {2, 3}, Floats(6, 7)).node("EyeLike", {"m"}, "e").attribute("k", 1).node("Add", {"x", "e"}, "y");
  EXPECT_THAT(run(model, {0, 0, 0}), ElementsAre(0, 1, 0, 0, 0, 1));
  EXPECT_THAT(refusal(one_operator("EyeLike", {0, 3})), HasSubstr("batch"));
}

TEST(NewOperators, LpPooling) {
  const Floats x{3, -4, 1, 2, -2, 5};
  const auto norm = [](std::initializer_list<double> values, double p) {
    double sum = 0;
    for (const double value : values) sum += std::pow(std::abs(value), p);
    return static_cast<float>(std::pow(sum, 1 / p));
  };
  for (const int p : {1, 2, 3}) {
    auto pooled =
        one_operator("LpPool", {0, 1, 6}, {}, 18).attribute("kernel_shape", Ints{2}).attribute("strides", Ints{2}).attribute("pads", Ints{1, 1});
    EXPECT_THAT(run(pooled.attribute("p", p), x), Pointwise(FloatNear(1e-5F), Floats{3, norm({4, 1}, p), norm({2, 2}, p), 5})) << p;
    EXPECT_THAT(run(one_operator("GlobalLpPool", {0, 2, 3}).attribute("p", p), x),
                Pointwise(FloatNear(1e-5F), {norm({3, 4, 1}, p), norm({2, 2, 5}, p)}))
        << p;
  }
}

// Volumes, against plain loops over depth, height and width.

struct Volume {
  Shape in, kernel, stride, dilation, begin, end;
  std::int64_t channels = 1;
  [[nodiscard]] std::int64_t out(std::size_t a) const { return (in[a] + begin[a] + end[a] - (kernel[a] - 1) * dilation[a] - 1) / stride[a] + 1; }
  /// Calls visit(place in x of one channel or -1 in the padding, tap) for all taps of an output.
  template <class Visit>
  void taps(std::int64_t place, const Visit& visit) const {
    const Shape at{place / out(2) / out(1), place / out(2) % out(1), place % out(2)};
    for (std::int64_t tap = 0; tap < kernel[0] * kernel[1] * kernel[2]; ++tap) {
      const Shape k{tap / kernel[2] / kernel[1], tap / kernel[2] % kernel[1], tap % kernel[2]};
      std::int64_t from = 0;
      bool inside = true;
      for (std::size_t a = 0; a < 3; ++a) {
        const std::int64_t here = at[a] * stride[a] + k[a] * dilation[a] - begin[a];
        inside = inside && here >= 0 && here < in[a];
        from = from * in[a] + here;
      }
      visit(inside ? from : -1, tap);
    }
  }
  void describe(OnnxModel& model) const {
    Shape pads = begin;
    pads.insert(pads.end(), end.begin(), end.end());
    model.attribute("kernel_shape", kernel).attribute("strides", stride).attribute("pads", pads);
  }
};

TEST(Volumes, Convolutions) {
  const Volume v{{5, 4, 6}, {3, 2, 3}, {2, 1, 2}, {1, 2, 1}, {1, 0, 1}, {0, 1, 1}, 4};
  for (const std::int64_t groups : {1, 2, 4}) {
    constexpr std::int64_t outputs = 4, taps = 18;
    const std::int64_t each = v.channels / groups, size = 5 * 4 * 6, places = v.out(0) * v.out(1) * v.out(2);
    const Floats x = ramp(static_cast<std::size_t>(v.channels * size)), w = ramp(static_cast<std::size_t>(outputs * each * taps), 0.03F),
                 b{1, 2, 3, 4};
    OnnxModel model;
    model.input("x", {0, v.channels, 5, 4, 6}).output("y").floats("w", {outputs, each, 3, 2, 3}, w).floats("b", {outputs}, b);
    model.node("Conv", {"x", "w", "b"}, "y").attribute("group", groups).attribute("dilations", v.dilation);
    v.describe(model);
    Floats expected;
    for (std::int64_t o = 0; o < outputs; ++o) {
      for (std::int64_t place = 0; place < places; ++place) {
        double sum = static_cast<double>(b[static_cast<std::size_t>(o)]);
        for (std::int64_t c = 0; c < each; ++c) {
          const std::int64_t channel = o / (outputs / groups) * each + c;
          v.taps(place, [&](std::int64_t from, std::int64_t tap) {
            if (from < 0) return;
            sum += static_cast<double>(x[static_cast<std::size_t>(channel * size + from)]) *
                   static_cast<double>(w[static_cast<std::size_t>((o * each + c) * taps + tap)]);
          });
        }
        expected.push_back(static_cast<float>(sum));
      }
    }
    const Network network = model.import();
    EXPECT_EQ(network.values[static_cast<std::size_t>(network.output)].shape, (Shape{1, outputs, v.out(0), v.out(1), v.out(2)}));
    EXPECT_THAT(run_float(network, x), Pointwise(FloatNear(1e-4F), expected)) << groups;
    // One matrix, which multiplies once for every place.
    ASSERT_EQ(network.matrices.size(), 1U);
    EXPECT_EQ(network.matrices[0].inputs, v.channels * taps);
    EXPECT_EQ(network.macs(), outputs * each * taps * places);
  }
}

TEST(Volumes, TransposedConvolutions) {
  constexpr std::int64_t channels = 4, depth = 3, height = 2, width = 4, taps = 18;
  const Shape kernel{3, 2, 3}, stride{2, 1, 2}, dilation{1, 2, 1}, begin{1, 0, 1}, end{0, 1, 1}, more{1, 0, 0};
  Shape out, pads = begin;
  pads.insert(pads.end(), end.begin(), end.end());
  const Shape in{depth, height, width};
  for (std::size_t a = 0; a < 3; ++a) out.push_back(stride[a] * (in[a] - 1) + more[a] + (kernel[a] - 1) * dilation[a] + 1 - begin[a] - end[a]);
  for (const std::int64_t groups : {1, 2}) {
    for (const bool biased : {false, true}) {
      constexpr std::int64_t outputs = 2;
      const std::int64_t each = outputs / groups, places = out[0] * out[1] * out[2];
      const Floats x = ramp(static_cast<std::size_t>(channels * depth * height * width));
      const Floats w = ramp(static_cast<std::size_t>(channels * each * taps), 0.03F), b{1, -2};
      OnnxModel model;
      model.input("x", {0, channels, depth, height, width}).output("y").floats("w", {channels, each, 3, 2, 3}, w).floats("b", {outputs}, b);
      model.node("ConvTranspose", biased ? std::vector<std::string>{"x", "w", "b"} : std::vector<std::string>{"x", "w"}, "y", "up");
      model.attribute("group", groups).attribute("strides", stride).attribute("dilations", dilation).attribute("pads", pads);
      model.attribute("output_padding", more);
      std::vector<double> sums(static_cast<std::size_t>(outputs * places), 0.0);
      for (std::size_t i = 0; biased && i < sums.size(); ++i) sums[i] = static_cast<double>(b[i / static_cast<std::size_t>(places)]);
      for (std::int64_t c = 0; c < channels; ++c) {
        for (std::int64_t o = 0; o < each; ++o) {
          for (std::int64_t i = 0; i < depth * height * width; ++i) {
            for (std::int64_t t = 0; t < taps; ++t) {
              const Shape at{i / width / height, i / width % height, i % width}, k{t / 6, t / 3 % 2, t % 3};
              std::int64_t to = c / (channels / groups) * each + o;
              bool inside = true;
              for (std::size_t a = 0; a < 3; ++a) {
                const std::int64_t place = at[a] * stride[a] + k[a] * dilation[a] - begin[a];
                inside = inside && place >= 0 && place < out[a];
                to = to * out[a] + place;
              }
              if (!inside) continue;
              sums[static_cast<std::size_t>(to)] += static_cast<double>(x[static_cast<std::size_t>(c * depth * height * width + i)]) *
                                                    static_cast<double>(w[static_cast<std::size_t>((c * each + o) * taps + t)]);
            }
          }
        }
      }
      const Network network = model.import();
      EXPECT_EQ(network.values[static_cast<std::size_t>(network.output)].shape, (Shape{1, outputs, out[0], out[1], out[2]}));
      EXPECT_THAT(run_float(network, x), Pointwise(FloatNear(1e-4F), Floats(sums.begin(), sums.end()))) << groups;
      EXPECT_EQ(network.matrices.size(), 1U);
    }
  }
}

TEST(Volumes, Pooling) {
  const Volume v{{5, 4, 6}, {3, 2, 3}, {2, 1, 2}, {1, 1, 1}, {1, 0, 1}, {0, 1, 1}, 2};
  const std::int64_t size = 5 * 4 * 6, places = v.out(0) * v.out(1) * v.out(2);
  const Floats x = ramp(static_cast<std::size_t>(v.channels * size));
  Floats largest, means, with_padding, norms;
  for (std::int64_t c = 0; c < v.channels; ++c) {
    for (std::int64_t place = 0; place < places; ++place) {
      double sum = 0, most = -1e9, square = 0;
      int count = 0;
      v.taps(place, [&](std::int64_t from, std::int64_t) {
        if (from < 0) return;
        const auto value = static_cast<double>(x[static_cast<std::size_t>(c * size + from)]);
        sum += value;
        square += value * value;
        most = std::max(most, value);
        ++count;
      });
      largest.push_back(static_cast<float>(most));
      means.push_back(static_cast<float>(sum / count));
      with_padding.push_back(static_cast<float>(sum / 18));
      norms.push_back(static_cast<float>(std::sqrt(square)));
    }
  }
  const auto pooled = [&](const std::string& op) {
    auto model = one_operator(op, {0, v.channels, 5, 4, 6});
    v.describe(model);
    return model;
  };
  const auto near = [](const Floats& y) { return Pointwise(FloatNear(1e-5F), y); };
  EXPECT_THAT(run(pooled("MaxPool"), x), near(largest));
  EXPECT_THAT(run(pooled("AveragePool"), x), near(means));
  EXPECT_THAT(run(pooled("AveragePool").attribute("count_include_pad", 1), x), near(with_padding));
  EXPECT_THAT(run(pooled("LpPool"), x), near(norms));
  EXPECT_THAT(run(one_operator("GlobalMaxPool", {0, 1, 2, 1, 2}), {1, 4, 2, 3}), ElementsAre(4));
}

}  // namespace
}  // namespace mho::workloads
