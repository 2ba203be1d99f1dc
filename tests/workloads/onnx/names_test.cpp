// Names of layers, whatever the file calls them, and a batch that an exporter has frozen in constants.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/execution/evaluation.h"
#include "workloads/onnx/import/state_names.h"

namespace mho::workloads {
namespace {

void expect_unique(const Network& network) {
  std::set<std::string> nodes, matrices;
  for (const Node& node : network.nodes) EXPECT_TRUE(nodes.insert(node.name).second) << node.name;
  for (const Matrix& matrix : network.matrices) EXPECT_TRUE(matrices.insert(matrix.name).second) << matrix.name;
}

OnnxModel rnn(const std::string& name, const std::string& out) {
  OnnxModel model;
  model.input("x", {3, 1, 2}).floats("W", {1, 2, 2}, ramp(4)).floats("R", {1, 2, 2}, ramp(4));
  model.node("RNN", {"x", "W", "R"}, out, name).attribute("hidden_size", 2);
  return model;
}

TEST(Names, ARecurrentLayerWithoutOneOrCalledLikeItsOutput) {
  for (const char* name : {"", "Y"}) {
    const Network network = rnn(name, "Y").output("Y").import();
    expect_unique(network);
    EXPECT_EQ(std::ranges::count_if(network.nodes, [](const Node& node) { return node.name == "Y" && node.recurrence() != nullptr; }), 1);
  }
}

TEST(Names, LikeThoseOfTheStepsOfAnother) {
  // Nodes of the file take the names that a recurrent layer would give its parts.
  OnnxModel model = rnn("rnn", "Y");
  model.floats("V", {2, 2}, ramp(4)).ints("axis", {1}).node("Squeeze", {"Y", "axis"}, "s", "Y.last");
  model.node("MatMul", {"s", "V"}, "a", "rnn.input").node("Tanh", {"a"}, "b", "rnn.input.step1").node("Relu", {"b"}, "y", "rnn");
  const Network network = model.output("y").import();
  expect_unique(network);
  for (const Node& node : network.nodes) {
    if (node.operation != "MatMul") continue;
    EXPECT_EQ(network.matrix(node).name, node.name);
  }
}

TEST(Names, AreWrittenWithoutControlCharacters) {
  OnnxModel model;
  model.input("x\x1b", {0, 4}).output("y\n").floats("w\x07", {4, 2}, ramp(8)).node("MatMul", {"x\x1b", "w\x07"}, "y\n", "\x1b[2J");
  const Network network = model.import();
  EXPECT_EQ(network.nodes[0].name, "\\x1b[2J");
  EXPECT_EQ(network.values[static_cast<std::size_t>(network.input)].name, "x\\x1b");
}

TEST(StateNames, WithoutWhatSaysInOrOut) {
  for (const char* name : {"h", "h0", "hn", "h_0", "h_n", "h_in", "h_out", "new_h", "hOut", "prev_h"}) EXPECT_EQ(state_stem(name), "h") << name;
  EXPECT_EQ(state_stem("past_key_values.1.key"), state_stem("present.1.key"));
  EXPECT_NE(state_stem("past_key_values.1.key"), state_stem("present.1.value"));
  EXPECT_EQ(outputs_by_stem({"h0", "c0"}, {"y", "cn", "hn"}), (std::vector<int>{2, 1}));
  EXPECT_EQ(outputs_by_stem({"a", "b"}, {"y", "bn", "z"}), std::nullopt);
}

/// States of one shape that come out in another order than they go in.
TEST(StateNames, SayWhichOutputCarriesOn) {
  OnnxModel model;
  model.input("x", {0, 4}).input("h0", {0, 2}).input("c0", {0, 2}).output("y").output("cn").output("hn");
  model.floats("w", {4, 2}, ramp(8)).node("MatMul", {"x", "w"}, "g").node("Add", {"g", "h0"}, "hn").node("Sub", {"g", "c0"}, "cn");
  model.node("Add", {"hn", "cn"}, "y");
  const Network network = model.import();
  ASSERT_EQ(network.states.size(), 2U);
  const auto name = [&](int value) { return network.values[static_cast<std::size_t>(value)].name; };
  for (const CarriedState& state : network.states) EXPECT_EQ(name(state.input).substr(0, 1), name(state.output).substr(0, 1));
}

/// The same network with a batch of 1, and of 4 frozen in everything that today's exporters freeze.
OnnxModel with_token(std::int64_t batch, float other = 0.0F) {
  const auto repeated = [&](std::vector<float> one) {
    std::vector<float> all;
    for (std::int64_t s = 0; s < batch; ++s) all.insert(all.end(), one.begin(), one.end());
    all.back() += other;
    return all;
  };
  OnnxModel model;
  model.input("x", {batch, 3, 4}).output("y").floats("token", {batch, 1, 4}, repeated(ramp(4)));
  model.node("Concat", {"token", "x"}, "all").attribute("axis", 1).floats("places", {batch, 4, 4}, repeated(ramp(16, 0.03F)));
  model.node("Add", {"all", "places"}, "p").ints("heads", {batch, 4, 2, 2}).node("Reshape", {"p", "heads"}, "h");
  model.node("Transpose", {"h"}, "t").attribute("perm", std::vector<std::int64_t>{0, 2, 1, 3}).ints("merged", {batch * 2, -1, 2});
  model.node("Reshape", {"t", "merged"}, "m").floats("w", {2, 3}, ramp(6)).node("MatMul", {"m", "w"}, "q");
  model.ints("apart", {-1, 2, 4, 3}).node("Reshape", {"q", "apart"}, "a").node("Flatten", {"a"}, "y");
  return model;
}

TEST(FrozenBatch, EachSampleAloneIsRight) {
  const Network one = with_token(1).import(), four = with_token(4).import();
  const std::vector<float> x = ramp(12, 0.2F);
  EXPECT_EQ(run_float(four, x), run_float(one, x));
}

TEST(FrozenBatch, ConstantsThatDifferFromSampleToSampleAreRefused) {
  const std::string message = base::user_error([] { static_cast<void>(with_token(4, 1.0F).import()); });
  EXPECT_THAT(message, testing::HasSubstr("differs from sample to sample"));
  EXPECT_THAT(message, testing::HasSubstr("batch of 1"));
}

}  // namespace
}  // namespace mho::workloads
