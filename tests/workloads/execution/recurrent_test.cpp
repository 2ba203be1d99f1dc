#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/execution/evaluation.h"
#include "workloads/execution/execution.h"

namespace mho::workloads {
namespace {

using testing::HasSubstr;

constexpr int steps = 5, width = 3, hidden = 4;

struct Case {
  std::string op;
  std::string direction = "forward";
  bool batch_first = false;
  bool bias = true, initial = true, peepholes = false, coupled = false, linear_before_reset = false;
  float clip = 0;
  int length = steps;
  [[nodiscard]] int gates() const { return op == "LSTM" ? 4 : op == "GRU" ? 3 : 1; }
  [[nodiscard]] int directions() const { return direction == "bidirectional" ? 2 : 1; }
};

struct Weights {
  std::vector<float> w, r, b, h0, c0, p, x;
};

Weights weights_of(const Case& c) {
  const auto d = static_cast<std::size_t>(c.directions()), g = static_cast<std::size_t>(c.gates());
  Weights w;
  w.w = ramp(d * g * hidden * width, 0.05F);
  w.r = ramp(d * g * hidden * hidden, 0.03F);
  w.b = c.bias ? ramp(d * 2 * g * hidden, 0.02F) : std::vector<float>();
  w.h0 = c.initial ? ramp(d * hidden, 0.04F) : std::vector<float>(d * hidden, 0.0F);
  w.c0 = c.initial ? ramp(d * hidden, 0.07F) : std::vector<float>(d * hidden, 0.0F);
  w.p = c.peepholes ? ramp(d * 3 * hidden, 0.05F) : std::vector<float>(d * 3 * hidden, 0.0F);
  w.x = ramp(steps * width, 0.11F);
  return w;
}

struct States {
  std::vector<double> all;   ///< [steps][directions][hidden]
  std::vector<double> last;  ///< [directions][hidden]
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// The formulas of the ONNX operators, element by element in double precision.
States reference(const Case& c, const Weights& w) {
  const int g = c.gates(), d_count = c.directions();
  States result{std::vector<double>(static_cast<std::size_t>(steps * d_count * hidden)), {}};
  for (int d = 0; d < d_count; ++d) {
    const bool reverse = c.direction == "reverse" || d == 1;
    std::vector<double> h(w.h0.begin() + d * hidden, w.h0.begin() + (d + 1) * hidden),
        cell(w.c0.begin() + d * hidden, w.c0.begin() + (d + 1) * hidden);
    const auto limited = [&](double v) { return c.clip > 0 ? std::clamp(v, -static_cast<double>(c.clip), static_cast<double>(c.clip)) : v; };
    for (int step = 0; step < c.length; ++step) {
      const int t = reverse ? c.length - 1 - step : step;
      const auto bias = [&](int gate, int i, int which) {
        return c.bias ? static_cast<double>(w.b[static_cast<std::size_t>((d * 2 + which) * g * hidden + gate * hidden + i)]) : 0.0;
      };
      const auto from_x = [&](int gate, int i) {
        double sum = bias(gate, i, 0);
        for (int k = 0; k < width; ++k) {
          sum += static_cast<double>(w.w[static_cast<std::size_t>(((d * g + gate) * hidden + i) * width + k)]) *
                 static_cast<double>(w.x[static_cast<std::size_t>(t * width + k)]);
        }
        return sum;
      };
      const auto from_h = [&](int gate, int i, const std::vector<double>& state) {
        double sum = bias(gate, i, 1);
        for (int k = 0; k < hidden; ++k) {
          sum += static_cast<double>(w.r[static_cast<std::size_t>(((d * g + gate) * hidden + i) * hidden + k)]) * state[static_cast<std::size_t>(k)];
        }
        return sum;
      };
      const auto peep = [&](int which, int i) { return static_cast<double>(w.p[static_cast<std::size_t>((d * 3 + which) * hidden + i)]); };
      std::vector<double> next(h), scaled(h);
      if (c.op == "GRU") {
        for (int i = 0; i < hidden; ++i) scaled[static_cast<std::size_t>(i)] *= sigmoid(limited(from_x(1, i) + from_h(1, i, h)));
      }
      for (int i = 0; i < hidden; ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (c.op == "RNN") {
          next[at] = std::tanh(limited(from_x(0, i) + from_h(0, i, h)));
        } else if (c.op == "GRU") {
          const double z = sigmoid(limited(from_x(0, i) + from_h(0, i, h))), r = sigmoid(limited(from_x(1, i) + from_h(1, i, h)));
          const double inner = c.linear_before_reset ? r * from_h(2, i, h) : from_h(2, i, scaled);
          next[at] = (1 - z) * std::tanh(limited(from_x(2, i) + inner)) + z * h[at];
        } else {
          const double input = sigmoid(limited(from_x(0, i) + from_h(0, i, h) + peep(0, i) * cell[at]));
          const double forget = c.coupled ? 1 - input : sigmoid(limited(from_x(2, i) + from_h(2, i, h) + peep(2, i) * cell[at]));
          const double made = forget * cell[at] + input * std::tanh(limited(from_x(3, i) + from_h(3, i, h)));
          const double output = sigmoid(limited(from_x(1, i) + from_h(1, i, h) + peep(1, i) * made));
          cell[at] = made;
          next[at] = output * std::tanh(made);
        }
      }
      h = next;
      for (int i = 0; i < hidden; ++i) result.all[static_cast<std::size_t>((t * d_count + d) * hidden + i)] = h[static_cast<std::size_t>(i)];
    }
    result.last.insert(result.last.end(), h.begin(), h.end());
  }
  return result;
}

/// Output 0: every state; 1: the last one. A shorter sequence comes with its length as an input of the network.
OnnxModel model_of(const Case& c, const Weights& w, int output) {
  const std::int64_t d = c.directions(), g = c.gates();
  OnnxModel model(14);
  model.input("x", c.batch_first ? Shape{0, steps, width} : Shape{steps, 0, width}).output("y");
  model.floats("w", {d, g * hidden, width}, w.w).floats("r", {d, g * hidden, hidden}, w.r);
  std::vector<std::string> inputs{"x", "w", "r", "", "", "", "", ""};
  if (c.bias) model.floats(inputs[3] = "b", {d, 2 * g * hidden}, w.b);
  if (c.length < steps) model.input(inputs[4] = "lengths", {0}, onnx::TensorProto::INT32);
  const Shape state = c.batch_first ? Shape{1, d, hidden} : Shape{d, 1, hidden};
  if (c.initial) model.floats(inputs[5] = "h", state, w.h0);
  if (c.op == "LSTM" && c.initial) model.floats(inputs[6] = "c", state, w.c0);
  if (c.peepholes) model.floats(inputs[7] = "p", {d, 3 * hidden}, w.p);
  if (c.op != "LSTM") inputs.resize(6);
  model.node(c.op, inputs, output == 0 ? "y" : "", "cell").attribute("hidden_size", hidden).attribute("direction", c.direction.c_str());
  if (output == 1) model.proto().mutable_graph()->mutable_node(0)->add_output("y");
  if (c.batch_first) model.attribute("layout", 1);
  if (c.coupled) model.attribute("input_forget", 1);
  if (c.linear_before_reset) model.attribute("linear_before_reset", 1);
  if (c.clip > 0) model.attribute("clip", c.clip);
  return model;
}

std::vector<float> run(const Network& network, const Case& c, const Weights& w) {
  const std::vector<std::uint32_t> ids{0};
  const std::vector<float> lengths{static_cast<float>(c.length)};
  FloatProducts products(network);
  return Execution(network).run({.ids = ids, .samples = w.x, .lengths = lengths, .states = {}}, products, nullptr).scores;
}

TEST(Recurrent, EveryKindFollowsTheFormulas) {
  std::vector<Case> cases;
  for (const std::string op : {"LSTM", "GRU", "RNN"}) {
    for (const std::string direction : {"forward", "reverse", "bidirectional"}) {
      for (const bool batch_first : {false, true}) {
        for (const int length : {steps, 3}) {
          Case c{.op = op, .direction = direction, .batch_first = batch_first, .length = length};
          cases.push_back(c);
          c.linear_before_reset = op == "GRU";
          c.peepholes = c.coupled = op == "LSTM";
          c.clip = 0.2F;
          cases.push_back(c);
          c.coupled = false;
          c.clip = 0;
          cases.push_back(c);
        }
      }
    }
    cases.push_back({.op = op, .bias = false, .initial = false});
  }
  for (const Case& c : cases) {
    const Weights w = weights_of(c);
    const States wanted = reference(c, w);
    const std::string text =
        c.op + " " + c.direction + (c.batch_first ? " batch first" : "") + (c.clip > 0 ? " options" : "") + (c.length < steps ? " short" : "");
    for (const int output : {0, 1}) {
      const auto y = run(model_of(c, w, output).import(), c, w);
      const auto& expected = output == 0 ? wanted.all : wanted.last;
      ASSERT_EQ(y.size(), expected.size()) << text;
      for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], expected[i], 2e-6) << text << ", output " << output << ", element " << i;
    }
  }
}

TEST(Recurrent, ActivationsWithTheirConstants) {
  const Case c{.op = "RNN", .bias = false, .initial = false};
  const Weights w = weights_of(c);
  OnnxModel model = model_of(c, w, 1);
  auto* node = model.proto().mutable_graph()->mutable_node(0);
  auto* names = node->add_attribute();
  names->set_name("activations");
  names->set_type(onnx::AttributeProto::STRINGS);
  names->add_strings("Affine");
  for (const auto& [name, value] : {std::pair{"activation_alpha", 0.5F}, {"activation_beta", -0.25F}}) {
    auto* constants = node->add_attribute();
    constants->set_name(name);
    constants->set_type(onnx::AttributeProto::FLOATS);
    constants->add_floats(value);
  }
  std::vector<double> h(hidden, 0.0);
  for (int t = 0; t < steps; ++t) {
    std::vector<double> next(hidden, -0.25);
    for (int i = 0; i < hidden; ++i) {
      double sum = 0;
      for (int k = 0; k < width; ++k)
        sum += static_cast<double>(w.w[static_cast<std::size_t>(i * width + k)]) * static_cast<double>(w.x[static_cast<std::size_t>(t * width + k)]);
      for (int k = 0; k < hidden; ++k) sum += static_cast<double>(w.r[static_cast<std::size_t>(i * hidden + k)]) * h[static_cast<std::size_t>(k)];
      next[static_cast<std::size_t>(i)] += 0.5 * sum;
    }
    h = next;
  }
  const auto y = run(model.import(), c, w);
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], h[i], 1e-6);
}

TEST(Recurrent, StatesAreHandedOn) {
  // Two halves of a sequence with the state carried give what the whole does.
  const auto model = [](std::int64_t length) {
    const Case c{.op = "LSTM"};
    const Weights w = weights_of(c);
    OnnxModel m(14);
    m.input("x", {length, 0, width}).input("h", {1, 0, hidden}).input("c", {1, 0, hidden}).output("y").output("hn").output("cn");
    m.floats("w", {1, 4 * hidden, width}, w.w).floats("r", {1, 4 * hidden, hidden}, w.r).floats("b", {1, 8 * hidden}, w.b);
    m.node("LSTM", {"x", "w", "r", "b", "", "h", "c"}, "all", "cell").attribute("hidden_size", hidden);
    auto* node = m.proto().mutable_graph()->mutable_node(0);
    node->add_output("hn");
    node->add_output("cn");
    m.node("Relu", {"all"}, "y");
    return m.import();
  };
  const Network whole = model(4), half = model(2);
  ASSERT_EQ(half.states.size(), 2U);
  const std::vector<float> x = ramp(4 * width, 0.2F);
  const auto expected = run_float(whole, x);
  const std::vector<std::uint32_t> ids{0};
  FloatProducts products(half);
  const Execution execution(half);
  const auto first = execution.run({.ids = ids, .samples = std::span(x).first(2 * width), .lengths = {}, .states = {}}, products, nullptr);
  const auto second = execution.run(
      {.ids = ids, .samples = std::span(x).subspan(2 * width), .lengths = {}, .states = {first.states[0], first.states[1]}}, products, nullptr);
  for (std::size_t i = 0; i < 2 * hidden; ++i) {
    EXPECT_EQ(first.scores[i], expected[i]);
    EXPECT_EQ(second.scores[i], expected[2 * hidden + i]);
  }
}

TEST(Recurrent, WhatCannotBeReadIsRefused) {
  using base::user_error;
  const Case c{.op = "LSTM"};
  const Weights w = weights_of(c);
  const auto broken = [&](const std::function<void(onnx::NodeProto&, onnx::GraphProto&)>& change) {
    OnnxModel model = model_of(c, w, 0);
    change(*model.proto().mutable_graph()->mutable_node(0), *model.proto().mutable_graph());
    return user_error([&] { model.import(); });
  };
  EXPECT_THAT(broken([](auto& node, auto&) { node.mutable_attribute(1)->set_s("sideways"); }), HasSubstr("direction 'sideways'; legal are forward"));
  EXPECT_THAT(broken([](auto& node, auto&) { node.mutable_attribute(0)->set_i(7); }), HasSubstr("hidden_size 7 disagrees with R of shape 1x16x4"));
  EXPECT_THAT(broken([](auto& node, auto&) { node.set_input(1, "r"); }), HasSubstr("W has shape 1x16x4 where 1x16x3 is needed"));
}

}  // namespace
}  // namespace mho::workloads
