// LSTM, GRU and RNN: the products with the inputs of all time steps become a node of their own, the recurrent ones another.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "workloads/onnx/onnx_graph.h"

namespace mho::workloads {

namespace {

using periphery::digital::Activation;
using periphery::digital::Function;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

struct KnownActivation {
  Activation defaults;
  bool takes_alpha = false, takes_beta = false;
};

const std::map<std::string, KnownActivation> known_activations{{"affine", {{Function::affine, 1.0F, 0.0F}, true, true}},
                                                               {"elu", {{Function::elu, 1.0F, 0.0F}, true, false}},
                                                               {"hardsigmoid", {{Function::hard_sigmoid, 0.2F, 0.5F}, true, true}},
                                                               {"leakyrelu", {{Function::leaky_relu, 0.01F, 0.0F}, true, false}},
                                                               {"relu", {{Function::relu, 0.0F, 0.0F}, false, false}},
                                                               {"scaledtanh", {{Function::scaled_tanh, 1.0F, 1.0F}, true, true}},
                                                               {"sigmoid", {{Function::sigmoid, 0.0F, 0.0F}, false, false}},
                                                               {"softplus", {{Function::softplus, 0.0F, 0.0F}, false, false}},
                                                               {"softsign", {{Function::softsign, 0.0F, 0.0F}, false, false}},
                                                               {"tanh", {{Function::tanh, 0.0F, 0.0F}, false, false}},
                                                               {"thresholdedrelu", {{Function::thresholded_relu, 1.0F, 0.0F}, true, false}}};

struct Kind {
  Operator op;
  std::int64_t gates;
  std::vector<std::string> activations;  ///< defaults
};

const Kind& kind_of(const OnnxNode& node) {
  static const std::map<std::string, Kind> kinds{{"LSTM", {Operator::lstm, 4, {"Sigmoid", "Tanh", "Tanh"}}},
                                                 {"GRU", {Operator::gru, 3, {"Sigmoid", "Tanh"}}},
                                                 {"RNN", {Operator::rnn, 1, {"Tanh"}}}};
  return kinds.at(node.proto().op_type());
}

/// Activations of every direction, one after the other. Constants are taken from the lists in the order of the activations that have them.
std::vector<Activation> activations_of(const OnnxNode& node, const Kind& kind, int directions) {
  std::vector<std::string> names = node.texts("activations");
  const std::size_t wanted = kind.activations.size() * static_cast<std::size_t>(directions);
  for (std::size_t i = 0; names.size() < wanted && (i > 0 || names.empty()); ++i) names.push_back(kind.activations[i % kind.activations.size()]);
  if (names.size() != wanted) node.fail(fmt::format("attribute 'activations' has {} entries where {} are needed", names.size(), wanted));
  const std::vector<float> alphas = node.reals("activation_alpha"), betas = node.reals("activation_beta");
  std::vector<Activation> result;
  std::size_t alpha = 0, beta = 0;
  for (const std::string& name : names) {
    const auto found = known_activations.find(lower(name));
    if (found == known_activations.end()) {
      std::string list;
      for (const auto& [known, unused] : known_activations) list += (list.empty() ? "" : ", ") + known;
      node.fail(fmt::format("activation '{}' is not supported; supported are {}", name, list));
    }
    Activation activation = found->second.defaults;
    if (found->second.takes_alpha && alpha < alphas.size()) activation.alpha = alphas[alpha++];
    if (found->second.takes_beta && beta < betas.size()) activation.beta = betas[beta++];
    result.push_back(activation);
  }
  return result;
}

}  // namespace

Recurrence OnnxGraph::recurrence_of(const OnnxNode& node, int index, int count) const {
  const Kind& kind = kind_of(node);
  Recurrence result;
  const std::string direction = node.text("direction", "forward");
  result.reverse = direction == "reverse" || index == 1;
  result.couples_forget = kind.op == Operator::lstm && node.integer("input_forget", 0) != 0;
  result.linear_before_reset = kind.op == Operator::gru && node.integer("linear_before_reset", 0) != 0;
  result.clip = node.real("clip", 0.0F);
  if (!(result.clip >= 0.0F)) node.fail(fmt::format("clip {} is not usable; a number from 0 on is (0: none)", result.clip));
  const auto all = activations_of(node, kind, count);
  const auto each = static_cast<std::ptrdiff_t>(kind.activations.size());
  result.activations.assign(all.begin() + index * each, all.begin() + (index + 1) * each);
  return result;
}

OnnxGraph::Direction OnnxGraph::recurrent_direction(const OnnxNode& node, int x, int index, int count, bool cell_wanted) {
  const Kind& kind = kind_of(node);
  const Shape in = value(x).shape;  // [T, 1, K]
  const std::int64_t steps = in[0], width = in[2], gates = kind.gates;
  const std::int64_t hidden = value(input(node, 2)).shape.back(), outputs = gates * hidden;
  const std::int64_t own = index;  // of the directions
  Recurrence recurrence = recurrence_of(node, index, count);
  recurrence.hidden = static_cast<int>(hidden);
  recurrence.keeps_cell = cell_wanted && kind.op == Operator::lstm;
  const bool two_products = kind.op == Operator::gru && !recurrence.linear_before_reset;
  const std::string suffix = count == 1 ? "" : index == 0 ? ".forward" : ".backward";

  // Rows [begin, end) of one direction of a constant [directions][rows][columns].
  const auto matrix = [&](const std::string& name, int which, std::int64_t begin, std::int64_t end, std::int64_t columns) {
    const std::int64_t first = (index * outputs + begin) * columns;
    const std::string key = fmt::format("recurrent {} {} {} {}", input(node, which), index, begin, end);
    const auto fill = [&](auto& weights, const auto& from) { std::copy_n(from.begin() + first, (end - begin) * columns, weights.begin()); };
    return shared_matrix(node, name, key, {columns, end - begin}, input(node, which), fill);
  };
  Node projection = node_of(node, {x});
  projection.name = node.name() + suffix + ".input";
  projection.op = Operator::matmul;
  projection.axis = 2;
  projection.matrices = {matrix(projection.name, 1, 0, outputs, width)};
  if (has_input(node, 3)) {
    // The biases of both products add up, except inside the bracket that the reset gate scales.
    const std::vector<float>& both = constant(node, 3, "B").data;
    const auto at = [&](std::int64_t i) { return both[static_cast<std::size_t>(own * 2 * outputs + i)]; };
    projection.bias.resize(static_cast<std::size_t>(outputs));
    for (std::int64_t o = 0; o < outputs; ++o) {
      const bool inside = recurrence.linear_before_reset && o >= 2 * hidden;
      projection.bias[static_cast<std::size_t>(o)] = at(o) + (inside ? 0.0F : at(outputs + o));
      if (inside) recurrence.candidate_bias.push_back(at(outputs + o));
    }
    if (options_.trace) {
      const InitializerSource& origin = value(input(node, 3)).origin;
      const std::int64_t first = own * 2 * outputs;
      const auto rows = [&](std::int64_t begin, std::int64_t length) {
        return moved(origin, static_cast<std::size_t>(length),
                     [&](auto& to, const auto& from) { std::copy_n(from.begin() + begin, length, to.begin()); });
      };
      // The sum is learned by the bias of the inputs alone.
      std::vector<float> others(both.begin() + first + outputs, both.begin() + first + 2 * outputs);
      if (recurrence.linear_before_reset) {
        std::fill(others.begin() + 2 * hidden, others.end(), 0.0F);
        recurrence.candidate_origin = rows(first + outputs + 2 * hidden, hidden);
      }
      projection.bias_origin = rows(first, outputs);
      shift(projection.bias_origin, others);
    }
  }
  if (kind.op == Operator::lstm && has_input(node, 7)) {
    const std::vector<float>& data = constant(node, 7, "P").data;
    const auto fill = [&](auto& to, const auto& from) { std::copy_n(from.begin() + own * 3 * hidden, 3 * hidden, to.begin()); };
    recurrence.peepholes.resize(static_cast<std::size_t>(3 * hidden));
    fill(recurrence.peepholes, data);
    recurrence.peephole_origin = moved(value(input(node, 7)).origin, recurrence.peepholes.size(), fill);
  }
  const std::string projected_name = projection.name;
  const int projected = append(node, std::move(projection), {steps, 1, outputs}, projected_name);

  const auto initial = [&](int which, const char* what) {
    if (!has_input(node, which)) {
      return add_constant(fmt::format("{}{}.{}", node.name(), suffix, what), {1, 1, hidden}, std::vector<float>(static_cast<std::size_t>(hidden)));
    }
    int state = input(node, which);
    if (element_count(value(state).shape) != count * hidden) {
      node.fail(fmt::format("{} has shape {}; {} direction{} of {} values, for a batch of 1, are needed", what, shape_text(value(state).shape), count,
                            count == 1 ? "" : "s", hidden));
    }
    // [directions, 1, hidden], or with the batch first: the same order for one sample.
    Node view = node_of(node, {state});
    view.op = Operator::reshape;
    view.name = fmt::format("{}{}.{}", node.name(), suffix, what);
    const std::string name = view.name;
    state = append(node, std::move(view), {count, 1, hidden}, name);
    return count == 1 ? state : take(node, state, 0, {index}, name + ".own");
  };
  Node steps_node = node_of(node, {projected, initial(5, "initial_h")});
  steps_node.name = node.name() + suffix;
  if (kind.op == Operator::lstm) steps_node.inputs.push_back(initial(6, "initial_c"));
  if (two_products) {
    steps_node.matrices = {matrix(steps_node.name + ".gates", 2, 0, 2 * hidden, hidden),
                           matrix(steps_node.name + ".candidate", 2, 2 * hidden, 3 * hidden, hidden)};
  } else {
    steps_node.matrices = {matrix(steps_node.name, 2, 0, outputs, hidden)};
  }
  int length = has_input(node, 4) ? input(node, 4) : -1;
  if (length >= 0 && value(length).data.size() == 1 && value(length).data[0] == static_cast<float>(steps)) length = -1;
  if (length >= 0) {
    if (element_count(value(length).shape) != 1) {
      node.fail(fmt::format("sequence_lens has shape {}; one length, for a batch of 1, is needed", shape_text(value(length).shape)));
    }
    steps_node.inputs.push_back(length);
  }
  const std::int64_t row = hidden * (recurrence.keeps_cell ? 2 : 1);
  const bool reverse = recurrence.reverse;
  const bool keeps_cell = recurrence.keeps_cell;
  steps_node.recurrence = std::move(recurrence);
  const std::string name = steps_node.name;
  const int made = append(node, std::move(steps_node), {steps, 1, row}, name + ".steps");

  const auto half = [&](int from, std::int64_t begin, const std::string& called) {
    if (!keeps_cell) return from;
    std::vector<std::int64_t> channels(static_cast<std::size_t>(hidden));
    for (std::size_t i = 0; i < channels.size(); ++i) channels[i] = begin + static_cast<std::int64_t>(i);
    return take(node, from, 2, std::move(channels), called);
  };
  Direction result;
  int last = -1;
  if (length >= 0 && !reverse) {
    Node pick = node_of(node, {made, length});
    pick.op = Operator::row_at;
    pick.name = name + ".last";
    last = append(node, std::move(pick), {1, 1, row}, name + ".last");
  } else if (steps == 1) {
    last = made;
  } else {
    last = take(node, made, 0, {reverse ? 0 : steps - 1}, name + ".last");
  }
  result.all = half(made, 0, name + ".h");
  result.last = half(last, 0, name + ".last_h");
  if (keeps_cell) result.last_cell = half(last, hidden, name + ".last_c");
  return result;
}

void OnnxGraph::recurrent(const OnnxNode& node) {
  const Kind& kind = kind_of(node);
  const bool batch_first = node.integer("layout", 0) != 0;
  int x = input(node, 0);
  const Shape in = value(x).shape;
  if (in.size() != 3) node.fail(fmt::format("input shape {}; three axes (time, batch, features) are needed", shape_text(in)));
  if (in[batch_first ? 0 : 1] != 1) {
    node.fail(
        fmt::format("its batch axis (axis {}) of the input of shape {} is not 1: feed samples one by one, with the batch as the network's first "
                    "axis (batch_first) or as the second axis of an input that goes straight into it",
                    batch_first ? 0 : 1, shape_text(in)));
  }
  const std::string direction = node.text("direction", "forward");
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional") {
    node.fail(fmt::format("direction '{}'; legal are forward, reverse and bidirectional", direction));
  }
  const int count = direction == "bidirectional" ? 2 : 1;
  const std::int64_t steps = in[batch_first ? 1 : 0], width = in[2];
  const Shape recurrent_shape = constant(node, 2, "its recurrent weights R").shape;
  const std::int64_t hidden = recurrent_shape.empty() ? 0 : recurrent_shape.back(), outputs = kind.gates * hidden;
  const auto expect = [&](int index, const char* what, const Shape& wanted) {
    if (!has_input(node, index)) return;
    const Shape& shape = constant(node, index, what).shape;
    if (shape != wanted) node.fail(fmt::format("{} has shape {} where {} is needed", what, shape_text(shape), shape_text(wanted)));
  };
  if (hidden < 1) node.fail(fmt::format("its recurrent weights R have shape {}", shape_text(recurrent_shape)));
  static_cast<void>(constant(node, 1, "its input weights W"));
  expect(1, "W", {count, outputs, width});
  expect(2, "R", {count, outputs, hidden});
  expect(3, "B", {count, 2 * outputs});
  if (kind.op == Operator::lstm) expect(7, "P", {count, 3 * hidden});
  if (node.integer("hidden_size", hidden) != hidden) {
    node.fail(fmt::format("hidden_size {} disagrees with R of shape {}", node.integer("hidden_size", hidden), shape_text(recurrent_shape)));
  }
  // One sample: the axes of batch and time change places without a value moving.
  const auto reshaped = [&](int from, Shape shape, const std::string& name) {
    if (value(from).shape == shape) return from;
    Node view = node_of(node, {from});
    view.op = Operator::reshape;
    view.name = name;
    return append(node, std::move(view), std::move(shape), name);
  };
  x = reshaped(x, {steps, 1, width}, node.name() + ".time_first");

  const auto wanted = [&](int output) { return output < node.proto().output_size() && !node.proto().output(output).empty(); };
  const bool cell_wanted = wanted(2) && uses_.contains(node.proto().output(2));
  std::vector<Direction> directions;
  directions.reserve(static_cast<std::size_t>(count));
  for (int index = 0; index < count; ++index) directions.push_back(recurrent_direction(node, x, index, count, cell_wanted));

  const auto join = [&](int output, int Direction::*which, std::int64_t axis_before, const Shape& shape) {
    if (!wanted(output)) return;
    const std::string& name = node.proto().output(output);
    std::vector<int> parts;
    for (std::size_t index = 0; index < directions.size(); ++index) {
      const int made = directions[index].*which;
      if (made < 0) return;
      // [T, 1, hidden] becomes [T, 1 direction, 1, hidden].
      Shape own = value(made).shape;
      own.insert(own.begin() + axis_before, 1);
      parts.push_back(count == 1 ? made : reshaped(made, own, fmt::format("{}.direction{}", name, index)));
    }
    int joined = parts[0];
    if (count == 2) {
      Node both = node_of(node, parts);
      both.op = Operator::concat;
      both.name = name + ".directions";
      both.axis = static_cast<int>(axis_before);
      Shape out = value(parts[0]).shape;
      out[static_cast<std::size_t>(axis_before)] = 2;
      joined = append(node, std::move(both), std::move(out), name + ".directions");
    }
    value_by_name_[name] = reshaped(joined, shape, name);
  };
  join(0, &Direction::all, 1, batch_first ? Shape{1, steps, count, hidden} : Shape{steps, count, 1, hidden});
  join(1, &Direction::last, 0, batch_first ? Shape{1, count, hidden} : Shape{count, 1, hidden});
  join(2, &Direction::last_cell, 0, batch_first ? Shape{1, count, hidden} : Shape{count, 1, hidden});
}

}  // namespace mho::workloads
