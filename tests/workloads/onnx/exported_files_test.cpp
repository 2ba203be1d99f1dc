// What exporters write around operators: operator sets old and new, functions, branches, and operators of other domains, each against numbers
// computed here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/workloads/onnx/one_operator.h"

namespace mho::workloads {
namespace {

using base::user_error;
using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;

constexpr std::int64_t newest = 24;

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

}  // namespace
}  // namespace mho::workloads
