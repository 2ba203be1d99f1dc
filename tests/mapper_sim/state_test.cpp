// Networks that carry a state from sample to sample, each use of it against a plain loop over numbers, and on the chip against the accuracy path.
#include <cmath>
#include <functional>
#include <numeric>

#include "tests/mapper_sim/functional_chip.h"
#include "tests/workloads/onnx_model.h"

namespace mho::mapper::test {
namespace {

using Numbers = std::vector<float>;
using workloads::OnnxModel;
using workloads::Shape;

/// What comes out and the states after it.
struct Reference {
  Numbers y;
  std::vector<Numbers> states;
};

/// g = x w of 6 features; `graph` makes "y" and the new states of "g", "x" and the states s0, s1, ...
struct Variation {
  std::string name;
  std::vector<Shape> states;  ///< 0 is the batch
  std::function<void(OnnxModel&)> graph;
  std::function<Reference(const Numbers& x, const Numbers& g, const std::vector<Numbers>& s)> reference;
  std::vector<std::string> outputs{"y", "n0", "n1"};
};

Numbers each(std::size_t count, const std::function<float(std::size_t)>& value) {
  Numbers all(count);
  for (std::size_t i = 0; i < count; ++i) all[i] = value(i);
  return all;
}
Numbers joined(Numbers a, const Numbers& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const Numbers input_weights = workloads::ramp(24, 0.03F), square = workloads::ramp(16, 0.02F), tall = workloads::ramp(32, 0.02F);

Numbers product(const Numbers& v, const Numbers& matrix, std::size_t outputs) {
  return each(outputs, [&](std::size_t o) {
    double sum = 0;
    for (std::size_t i = 0; i < v.size(); ++i) sum += static_cast<double>(v[i]) * static_cast<double>(matrix[i * outputs + o]);
    return static_cast<float>(sum);
  });
}

std::vector<Variation> variations() {
  const auto add = [](const Numbers& g, const std::function<float(std::size_t)>& h) { return each(4, [&](std::size_t i) { return g[i] + h(i); }); };
  std::vector<Variation> all;
  all.push_back({"Scaled",
                 {{0, 4}},
                 [](OnnxModel& m) {
                   m.floats("c", {}, {0.5F}).node("Mul", {"s0", "c"}, "h").node("Add", {"g", "h"}, "y").node("Identity", {"y"}, "n0");
                 },
                 [=](auto&, auto& g, auto& s) {
                   const Numbers y = add(g, [&](std::size_t i) { return 0.5F * s[0][i]; });
                   return Reference{y, {y}};
                 }});
  all.push_back({"Sliced",
                 {{0, 8}},
                 [](OnnxModel& m) {
                   m.ints("from", {2}).ints("to", {6}).ints("axis", {1}).node("Slice", {"s0", "from", "to", "axis"}, "h");
                   m.node("Add", {"g", "h"}, "y").node("Concat", {"y", "g"}, "n0").attribute("axis", 1);
                 },
                 [=](auto&, auto& g, auto& s) {
                   const Numbers y = add(g, [&](std::size_t i) { return s[0][i + 2]; });
                   return Reference{y, {joined(y, g)}};
                 }});
  all.push_back({"GatheredBackwards",
                 {{0, 4}},
                 [](OnnxModel& m) {
                   m.ints("order", {3, 2, 1, 0}).node("Gather", {"s0", "order"}, "h").attribute("axis", 1);
                   m.node("Add", {"g", "h"}, "y").node("Tanh", {"y"}, "n0");
                 },
                 [=](auto&, auto& g, auto& s) {
                   const Numbers y = add(g, [&](std::size_t i) { return s[0][3 - i]; });
                   return Reference{y, {each(4, [&](std::size_t i) { return std::tanh(y[i]); })}};
                 }});
  all.push_back({"Split",
                 {{0, 8}},
                 [](OnnxModel& m) {
                   m.node("Split", {"s0"}, "a").attribute("axis", 1);
                   m.proto().mutable_graph()->mutable_node(m.proto().graph().node_size() - 1)->add_output("b");
                   m.node("Mul", {"a", "b"}, "h").node("Add", {"g", "h"}, "y").node("Concat", {"b", "y"}, "n0").attribute("axis", 1);
                 },
                 [=](auto&, auto& g, auto& s) {
                   const Numbers y = add(g, [&](std::size_t i) { return s[0][i] * s[0][i + 4]; });
                   return Reference{y, {joined(Numbers(s[0].begin() + 4, s[0].end()), y)}};
                 }});
  all.push_back({"LayersFirst",
                 {{2, 0, 4}},
                 [](OnnxModel& m) {
                   m.ints("i0", {0}).ints("i1", {1}).ints("front", {0});
                   m.node("Gather", {"s0", "i0"}, "a3").attribute("axis", 0).node("Gather", {"s0", "i1"}, "b3").attribute("axis", 0);
                   m.node("Squeeze", {"a3", "front"}, "a").node("Squeeze", {"b3", "front"}, "b").node("Sub", {"a", "b"}, "h");
                   m.node("Add", {"g", "h"}, "y").node("Unsqueeze", {"y", "front"}, "y3");
                   m.node("Concat", {"y3", "a3"}, "n0").attribute("axis", 0);
                 },
                 [=](auto&, auto& g, auto& s) {
                   const Numbers y = add(g, [&](std::size_t i) { return s[0][i] - s[0][i + 4]; });
                   return Reference{y, {joined(y, Numbers(s[0].begin(), s[0].begin() + 4))}};
                 }});
  all.push_back({"TransposedIntoAProduct",
                 {{0, 2, 4}},
                 [](OnnxModel& m) {
                   m.node("Transpose", {"s0"}, "t").attribute("perm", std::vector<std::int64_t>{0, 2, 1}).ints("row", {-1, 8});
                   m.node("Reshape", {"t", "row"}, "r").floats("u", {8, 4}, tall).node("MatMul", {"r", "u"}, "h").node("Add", {"g", "h"}, "y");
                   m.ints("two", {-1, 2, 4}).node("Concat", {"g", "y"}, "gy").attribute("axis", 1).node("Reshape", {"gy", "two"}, "n0");
                 },
                 [=](auto&, auto& g, auto& s) {
                   const Numbers turned = each(8, [&](std::size_t i) { return s[0][i % 2 * 4 + i / 2]; }), h = product(turned, tall, 4);
                   const Numbers y = add(g, [&](std::size_t i) { return h[i]; });
                   return Reference{y, {joined(g, y)}};
                 }});
  all.push_back({"HandedOnAndRead",
                 {{0, 4}},
                 [](OnnxModel& m) {
                   m.node("Add", {"g", "s0"}, "y").node("Identity", {"s0"}, "n0");
                 },
                 [=](auto&, auto& g, auto& s) {
                   return Reference{add(g, [&](std::size_t i) { return s[0][i]; }), {s[0]}};
                 }});
  all.push_back({"HandedOnAlone",
                 {{0}},
                 [](OnnxModel& m) { m.node("Relu", {"g"}, "y").node("Identity", {"s0"}, "n0"); },
                 [=](auto&, auto& g, auto& s) {
                   return Reference{each(4, [&](std::size_t i) { return std::max(g[i], 0.0F); }), {s[0]}};
                 }});
  all.push_back({"DelayLine",
                 {{0, 4}, {0, 4}},
                 [](OnnxModel& m) {
                   m.node("Add", {"s0", "s1"}, "h").node("Add", {"g", "h"}, "y").node("Relu", {"y"}, "n0").node("Identity", {"s0"}, "n1");
                 },
                 [=](auto&, auto& g, auto& s) {
                   const Numbers y = add(g, [&](std::size_t i) { return s[0][i] + s[1][i]; });
                   return Reference{y, {each(4, [&](std::size_t i) { return std::max(y[i], 0.0F); }), s[0]}};
                 }});
  all.push_back({"ReadTwiceAndAnOutputThatIsRead",
                 {{0, 4}},
                 [](OnnxModel& m) {
                   m.node("Add", {"g", "s0"}, "n0").node("Sigmoid", {"s0"}, "gate").node("Relu", {"n0"}, "r").node("Mul", {"r", "gate"}, "y");
                 },
                 [=](auto&, auto& g, auto& s) {
                   const Numbers n = add(g, [&](std::size_t i) { return s[0][i]; });
                   return Reference{each(4, [&](std::size_t i) { return std::max(n[i], 0.0F) / (1.0F + std::exp(-s[0][i])); }), {n}};
                 }});
  all.push_back({"ProductOfTheState",
                 {{0, 4}},
                 [](OnnxModel& m) {
                   m.floats("u", {4, 4}, square).node("MatMul", {"s0", "u"}, "h").node("Add", {"g", "h"}, "a").node("Tanh", {"a"}, "n0");
                   m.node("Add", {"n0", "g"}, "y");
                 },
                 [=](auto&, auto& g, auto& s) {
                   const Numbers h = product(s[0], square, 4), n = each(4, [&](std::size_t i) { return std::tanh(g[i] + h[i]); });
                   return Reference{add(g, [&](std::size_t i) { return n[i]; }), {n}};
                 }});
  all.push_back({"OfTheSampleItself",
                 {{0, 6}},
                 [](OnnxModel& m) {
                   m.floats("u", {6, 4}, input_weights).node("MatMul", {"s0", "u"}, "h").node("Sub", {"g", "h"}, "y").node("Identity", {"x"}, "n0");
                 },
                 [=](auto& x, auto& g, auto& s) {
                   const Numbers h = product(s[0], input_weights, 4);
                   return Reference{add(g, [&](std::size_t i) { return -h[i]; }), {x}};
                 }});
  all.push_back({"StateOutputFirst",
                 {{0, 8}},
                 [](OnnxModel& m) {
                   m.ints("from", {4}).ints("to", {8}).ints("axis", {1}).node("Slice", {"s0", "from", "to", "axis"}, "h");
                   m.node("Add", {"g", "h"}, "y").node("Concat", {"g", "y"}, "n0").attribute("axis", 1);
                 },
                 [=](auto&, auto& g, auto& s) {
                   const Numbers y = add(g, [&](std::size_t i) { return s[0][i + 4]; });
                   return Reference{y, {joined(g, y)}};
                 },
                 {"n0", "y"}});
  all.push_back({"NoBatchOfItsOwn",
                 {{8}},
                 [](OnnxModel& m) {
                   m.ints("square", {2, 4}).ints("which", {1}).node("Reshape", {"s0", "square"}, "sq");
                   m.node("Gather", {"sq", "which"}, "h").attribute("axis", 0).node("Add", {"g", "h"}, "y");
                   m.ints("flat", {8}).node("Concat", {"y", "y"}, "yy").attribute("axis", 1).node("Reshape", {"yy", "flat"}, "n0");
                 },
                 [=](auto&, auto& g, auto& s) {
                   const Numbers y = add(g, [&](std::size_t i) { return s[0][i + 4]; });
                   return Reference{y, {joined(y, y)}};
                 }});
  all.push_back({"BeginsARecurrence",
                 {{2, 0, 4}},
                 [](OnnxModel& m) {
                   m.ints("from", {1}).ints("to", {2}).ints("front", {0}).node("Slice", {"s0", "from", "to", "front"}, "h0");
                   m.node("Unsqueeze", {"g", "front"}, "g3").floats("W", {1, 4, 4}, square).floats("R", {1, 4, 4}, square);
                   m.node("RNN", {"g3", "W", "R", "", "", "h0"}, "Y").attribute("hidden_size", 4);
                   m.proto().mutable_graph()->mutable_node(m.proto().graph().node_size() - 1)->add_output("Yh");
                   m.node("Squeeze", {"Yh", "front"}, "y").node("Concat", {"Yh", "Yh"}, "n0").attribute("axis", 0);
                 },
                 [](auto&, auto& g, auto& s) {
                   const auto row = [](const Numbers& v, std::size_t o) {
                     double sum = 0;
                     for (std::size_t i = 0; i < 4; ++i) sum += static_cast<double>(v[i]) * static_cast<double>(square[o * 4 + i]);
                     return static_cast<float>(sum);
                   };
                   const Numbers h(s[0].begin() + 4, s[0].end());
                   const Numbers y = each(4, [&](std::size_t o) { return std::tanh(row(g, o) + row(h, o)); });
                   return Reference{y, {joined(y, y)}};
                 }});
  // The sample goes nowhere but into the next state.
  all.push_back({"TheSampleBefore",
                 {{0, 6}},
                 [](OnnxModel& m) {
                   m.node("MatMul", {"s0", "w"}, "y").node("Identity", {"x"}, "n0");
                 },
                 [](auto& x, auto&, auto& s) {
                   return Reference{product(s[0], input_weights, 4), {x}};
                 }});
  return all;
}

workloads::Network network_of(const Variation& variation) {
  OnnxModel model;
  model.input("x", {0, 6});
  for (std::size_t k = 0; k < variation.states.size(); ++k) model.input("s" + std::to_string(k), variation.states[k]);
  for (std::size_t k = 0; k <= variation.states.size(); ++k) model.output(variation.outputs[k]);
  model.floats("w", {6, 4}, input_weights).node("MatMul", {"x", "w"}, "g");
  variation.graph(model);
  return model.import();
}

class State : public ::testing::TestWithParam<std::size_t> {};

TEST_P(State, IsCarriedAsAPlainLoopDoes) {
  const Variation variation = variations()[GetParam()];
  const workloads::Network network = network_of(variation);
  ASSERT_EQ(network.states.size(), variation.states.size());
  workloads::FloatProducts products(network);
  std::vector<Numbers> states;
  for (const auto& state : network.states) {
    states.push_back(
        workloads::ramp(static_cast<std::size_t>(workloads::element_count(network.values[static_cast<std::size_t>(state.input)].shape)), 0.07F));
  }
  for (std::uint32_t sample = 0; sample < 3; ++sample) {
    const Numbers x = each(6, [&](std::size_t i) { return std::sin(static_cast<float>(7 * sample + i + 1)); });
    const Reference wanted = variation.reference(x, product(x, input_weights, 4), states);
    const std::vector<std::uint32_t> ids{sample};
    workloads::Execution::Inputs inputs{.ids = ids, .samples = x, .lengths = {}, .states = {}};
    inputs.states.assign(states.begin(), states.end());
    const auto got = workloads::Execution(network).run(inputs, products, nullptr);
    ASSERT_EQ(got.scores.size(), wanted.y.size());
    for (std::size_t i = 0; i < wanted.y.size(); ++i) EXPECT_NEAR(got.scores[i], wanted.y[i], 1e-5F) << i;
    for (std::size_t k = 0; k < states.size(); ++k) {
      ASSERT_EQ(got.states[k].size(), wanted.states[k].size());
      for (std::size_t i = 0; i < wanted.states[k].size(); ++i) EXPECT_NEAR(got.states[k][i], wanted.states[k][i], 1e-5F) << k << " " << i;
    }
    states = got.states;
  }
}

TEST_P(State, HasOnTheChipTheBitsOfTheAccuracyPath) {
  const Variation variation = variations()[GetParam()];
  if (variation.name == "TheSampleBefore") GTEST_SKIP() << "a chip begins with zeros, which say nothing of its products";
  expect_equal_bits(network_of(variation), setting());
}

INSTANTIATE_TEST_SUITE_P(Uses, State, ::testing::Range(std::size_t{0}, variations().size()),
                         [](const auto& variation) { return variations()[variation.param].name; });

/// Runs samples one after the other, states carried from each to the next, beginning with zeros.
std::vector<Numbers> carried(const workloads::Network& network, const std::vector<Numbers>& samples) {
  workloads::FloatProducts products(network);
  const workloads::Execution execution(network);
  std::vector<Numbers> states, outputs;
  for (std::uint32_t s = 0; s < samples.size(); ++s) {
    const std::vector<std::uint32_t> ids{s};
    workloads::Execution::Inputs inputs{.ids = ids, .samples = samples[s], .lengths = {}, .states = {}};
    inputs.states.assign(states.begin(), states.end());
    auto got = execution.run(inputs, products, nullptr);
    states = std::move(got.states);
    outputs.push_back(std::move(got.scores));
  }
  return outputs;
}

struct Recurrent {
  std::string name, op;
  bool resets_first = false;
  std::size_t layers = 1;
};

const std::vector<Recurrent>& recurrent_layers() {
  static const std::vector<Recurrent> all{
      {"Rnn", "RNN"}, {"Gru", "GRU"}, {"GruThatResetsFirst", "GRU", true}, {"Lstm", "LSTM"}, {"TwoLstms", "LSTM", false, 2}};
  return all;
}

/// Layers of 4 units over `steps` steps of 3 features. With states all of them are in one tensor [layers * kinds][1][4], cut apart and stacked again.
workloads::Network recurrent_network(const Recurrent& of, std::int64_t steps, bool with_states) {
  const std::int64_t gates = of.op == "LSTM" ? 4 : of.op == "GRU" ? 3 : 1;
  const std::size_t kinds = of.op == "LSTM" ? 2 : 1;
  OnnxModel model(14);
  model.input("x", {steps, 1, 3}).output("y").ints("axis1", {1}).ints("front", {0});
  if (with_states) model.input("memory", {static_cast<std::int64_t>(of.layers * kinds), 1, 4}).output("kept");
  std::vector<std::string> parts;
  std::string from = "x";
  for (std::size_t layer = 0; layer < of.layers; ++layer) {
    const std::string n = std::to_string(layer);
    const std::int64_t width = layer == 0 ? 3 : 4;
    model.floats("w" + n, {1, gates * 4, width}, workloads::ramp(static_cast<std::size_t>(gates * 4 * width), 0.05F));
    model.floats("r" + n, {1, gates * 4, 4}, workloads::ramp(static_cast<std::size_t>(gates * 16), 0.04F));
    std::vector<std::string> inputs{from, "w" + n, "r" + n};
    for (std::size_t kind = 0; kind < kinds && with_states; ++kind) {
      const auto row = static_cast<std::int64_t>(layer * kinds + kind);
      const std::string k = n + "_" + std::to_string(kind);
      model.ints("from" + k, {row}).ints("to" + k, {row + 1}).node("Slice", {"memory", "from" + k, "to" + k, "front"}, "before" + k);
      if (kind == 0) inputs.insert(inputs.end(), {"", ""});
      inputs.push_back("before" + k);
    }
    model.node(of.op, inputs, "all" + n, "layer" + n).attribute("hidden_size", 4);
    if (of.op == "GRU" && !of.resets_first) model.attribute("linear_before_reset", 1);
    for (std::size_t kind = 0; kind < kinds && with_states; ++kind) {
      parts.push_back("after" + n + "_" + std::to_string(kind));
      model.proto().mutable_graph()->mutable_node(model.proto().graph().node_size() - 1)->add_output(parts.back());
    }
    from = "out" + n;
    model.node("Squeeze", {"all" + n, "axis1"}, from);
  }
  if (with_states) model.node("Concat", parts, "kept").attribute("axis", 0);
  model.node("Tanh", {from}, "y");
  return model.import();
}

class CarriedRecurrence : public ::testing::TestWithParam<std::size_t> {};

TEST_P(CarriedRecurrence, StepByStepIsTheWholeSequence) {
  const Recurrent& of = recurrent_layers()[GetParam()];
  constexpr std::size_t steps = 6;
  const Numbers x = workloads::ramp(steps * 3, 0.13F);
  std::vector<Numbers> samples;
  for (std::size_t t = 0; t < steps; ++t)
    samples.emplace_back(x.begin() + static_cast<std::ptrdiff_t>(3 * t), x.begin() + static_cast<std::ptrdiff_t>(3 * t + 3));
  Numbers one_by_one;
  for (const Numbers& y : carried(recurrent_network(of, 1, true), samples)) one_by_one.insert(one_by_one.end(), y.begin(), y.end());
  EXPECT_EQ(one_by_one, carried(recurrent_network(of, steps, false), {x})[0]);
}

TEST_P(CarriedRecurrence, HasOnTheChipTheBitsOfTheAccuracyPath) {
  expect_equal_bits(recurrent_network(recurrent_layers()[GetParam()], 2, true), setting());
}

/// Of one step, where cell and state leave in one tensor and nothing else rounds them; and of two.
TEST_P(CarriedRecurrence, HasThemWithIntegersBetweenBlocks) {
  expect_equal_bits(recurrent_network(recurrent_layers()[GetParam()], 1, true), setting({"digital.result_format=int8"}));
}

INSTANTIATE_TEST_SUITE_P(Layers, CarriedRecurrence, ::testing::Range(std::size_t{0}, recurrent_layers().size()),
                         [](const auto& layer) { return recurrent_layers()[layer.param].name; });

/// The last samples of a signal, kept in a ring buffer, through a convolution: as over the whole signal.
workloads::Network convolution(std::int64_t length, bool with_buffer) {
  OnnxModel model;
  model.input("x", {1, 2, length}).output("y").floats("w", {3, 2, 4}, workloads::ramp(24, 0.1F));
  if (!with_buffer) {
    model.node("Conv", {"x", "w"}, "c").attribute("pads", std::vector<std::int64_t>{3, 0}).node("Tanh", {"c"}, "y");
    return model.import();
  }
  model.input("ring", {1, 2, 3}).output("shifted").ints("from", {-3}).ints("to", {1000}).ints("axis", {2});
  model.node("Concat", {"ring", "x"}, "all").attribute("axis", 2).node("Slice", {"all", "from", "to", "axis"}, "shifted");
  model.node("Conv", {"all", "w"}, "c").node("Tanh", {"c"}, "y");
  return model.import();
}

TEST(RingBuffer, IsTheConvolutionOfTheWholeSignal) {
  constexpr std::size_t length = 7;
  const Numbers signal = workloads::ramp(2 * length, 0.2F), whole = carried(convolution(length, false), {signal})[0];
  std::vector<Numbers> samples;
  for (std::size_t t = 0; t < length; ++t) samples.push_back({signal[t], signal[length + t]});
  const std::vector<Numbers> got = carried(convolution(1, true), samples);
  for (std::size_t t = 0; t < length; ++t) {
    for (std::size_t channel = 0; channel < 3; ++channel) EXPECT_NEAR(got[t][channel], whole[channel * length + t], 1e-6F) << t;
  }
}

TEST(RingBuffer, HasOnTheChipTheBitsOfTheAccuracyPath) { expect_equal_bits(convolution(2, true), setting()); }

/// What a recurrence begins with may be made of the sample itself.
TEST(BeginningOfARecurrence, OfTheSample) {
  for (const char* op : {"GRU", "LSTM"}) {
    const std::int64_t gates = std::string(op) == "LSTM" ? 4 : 3;
    OnnxModel model(14);
    model.input("x", {5, 0, 6}).output("z").ints("first", {0}).node("Gather", {"x", "first"}, "x0").attribute("axis", 0);
    model.floats("u", {6, 8}, workloads::ramp(48)).node("MatMul", {"x0", "u"}, "h0");
    model.floats("w", {1, gates * 8, 6}, workloads::ramp(static_cast<std::size_t>(gates * 48)));
    model.floats("r", {1, gates * 8, 8}, workloads::ramp(static_cast<std::size_t>(gates * 64)));
    std::vector<std::string> inputs{"x", "w", "r", "", "", "h0"};
    if (gates == 4) inputs.emplace_back("h0");
    model.node(op, inputs, "y", "cell").attribute("hidden_size", 8).node("Relu", {"y"}, "z", "relu");
    const workloads::Network network = model.import();
    const Setting on = setting();
    auto samples = random_samples(network, 4);
    // Mapped and checked; only one simulation a process is possible.
    Comparison comparison(with_ordinary_inputs(network, on), on, samples);
    if (gates == 4) continue;
    comparison.simulate();
    EXPECT_TRUE(comparison.lively());
    EXPECT_EQ(comparison.differences(), 0U);
  }
}

}  // namespace
}  // namespace mho::mapper::test
