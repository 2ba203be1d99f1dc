// States without a batch axis, states that grow, and constants that hold the batch of the file: read, or refused with what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workloads/onnx/one_operator.h"
#include "workloads/execution/execution.h"

namespace mho::workloads {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// y = x + step, step_out = step + 1: step counts the samples, as a number of shape `shape`.
OnnxModel counter(const Shape& shape, const Shape& one) {
  OnnxModel model(14);
  model.input("x", {0, 3}).input("step", shape).output("y").output("step_out").floats("one", one, {1});
  return model.node("Add", {"x", "step"}, "y", "sum").node("Add", {"step", "one"}, "step_out", "count");
}

TEST(Counters, AreStatesOfOneNumber) {
  for (const auto& [shape, one] : std::vector<std::pair<Shape, Shape>>{{{1}, {1}}, {{}, {}}, {{1}, {}}, {{0, 1}, {1}}}) {
    SCOPED_TRACE(shape_text(shape));
    const Network network = counter(shape, one).import();
    ASSERT_EQ(network.states.size(), 1U);
    FloatProducts products(network);
    const std::vector<float> x{0.5F, 0.25F, -1};
    std::vector<float> step{0};
    for (int sample = 0; sample < 4; ++sample) {
      const std::vector<std::uint32_t> ids{0};
      const Execution::Outputs out = Execution(network).run({.ids = ids, .samples = x, .lengths = {}, .states = {step}}, products, nullptr);
      const auto before = static_cast<float>(sample);
      EXPECT_THAT(out.scores, ElementsAre(0.5F + before, 0.25F + before, -1 + before));
      step = out.states.at(0);
      EXPECT_THAT(step, ElementsAre(before + 1));
    }
  }
}

TEST(Counters, WithoutAnOutputAreToldWhatToDo) {
  OnnxModel model(14);
  model.input("x", {0, 3}).input("scale", {}).output("y").node("Mul", {"x", "scale"}, "y");
  EXPECT_THAT(refusal(model), AllOf(HasSubstr("input 'scale': is a scalar"), HasSubstr("--scalar scale=VALUE"), HasSubstr("an output called alike")));
}

OnnxModel cache(const Shape& past) {
  OnnxModel model(14);
  model.input("x", {0, 1, 4}).input("past_keys", past).output("y").output("present_keys").ints("axes", {1});
  model.node("Concat", {"past_keys", "x"}, "present_keys", "append").attribute("axis", 1);
  return model.node("ReduceSum", {"present_keys", "axes"}, "y").attribute("keepdims", 0);
}

TEST(GrowingCaches, AreToldApartFromStates) {
  EXPECT_THAT(refusal(cache({0, 6, 4})), AllOf(HasSubstr("'past_keys'"), HasSubstr("Along axis 1 it grows from 6 to 7"),
                                               HasSubstr("window of fixed length"), HasSubstr("--mode decode")));
  OnnxModel open = cache({0, 6, 4});
  open.proto().mutable_graph()->mutable_input(1)->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(1)->set_dim_param("past");
  EXPECT_THAT(refusal(open), AllOf(HasSubstr("input 'past_keys': axis 1 ('past') of this state is dynamic"), HasSubstr("a cache that grows"),
                                   HasSubstr("window of fixed length")));
  OnnxModel data = one_operator("Relu", {0, 0, 0});
  EXPECT_THAT(refusal(data), AllOf(HasSubstr("whose samples have 2 axes"), HasSubstr("the lengths of them with --shape")));
}

TEST(FrozenBatch, ItsBiasIsTakenForOneSample) {
  const auto gemm = [](const Shape& x, const std::vector<float>& bias) {
    OnnxModel model(14);
    model.input("x", x).output("y").floats("w", {2, 3}, {1, 2, 3, 4, 5, 6}).floats("b", {4, 3}, bias);
    return model.node("Gemm", {"x", "w", "b"}, "y", "layer");
  };
  const std::vector<float> same{1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}, other{1, 2, 3, 1, 2, 3, 1, 2, 4, 1, 2, 3};
  EXPECT_THAT(run(gemm({4, 2}, same), {1, 1}), ElementsAre(6, 9, 12));
  EXPECT_THAT(refusal(gemm({4, 2}, other)),
              AllOf(HasSubstr("exported for a batch of 4"), HasSubstr("'b'"), HasSubstr("differs from sample to sample")));
  EXPECT_THAT(refusal(gemm({0, 2}, same)), AllOf(HasSubstr("bias of shape 4x3 for 3 outputs"), HasSubstr("with a batch of 1 or with one bias")));
}

TEST(FrozenBatch, IsNotSplit) {
  OnnxModel model(13);
  model.input("x", {4, 3}).output("y").node("Split", {"x"}, "a", "parts").attribute("axis", 0);
  model.proto().mutable_graph()->mutable_node(0)->add_output("b");
  model.node("Add", {"a", "b"}, "y");
  EXPECT_THAT(refusal(model), AllOf(HasSubstr("'parts' (Split)"), HasSubstr("which is the batch"), HasSubstr("with a batch of 1")));
  model.ints("sizes", {1, 3}).proto().mutable_graph()->mutable_node(0)->add_input("sizes");
  EXPECT_THAT(refusal(model), HasSubstr("which is the batch"));
}

TEST(Batch, IsNamedInTheNetwork) {
  EXPECT_EQ(one_operator("Relu", {0, 3}).import().batch, "axis 0, N in the file");
  EXPECT_EQ(one_operator("Relu", {4, 3}).import().batch, "axis 0, 4 in the file");
}

}  // namespace
}  // namespace mho::workloads
