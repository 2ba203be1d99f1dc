#include "workloads/operators/products/recurrent.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>

#include "workloads/graph/initializer_source.h"
#include "workloads/operators/products/matrix_products.h"
#include "workloads/operators/products/recurrence_attributes.h"
#include "workloads/operators/shapes/movement.h"
#include "workloads/operators/shapes/picking.h"
#include "workloads/operators/shapes/views.h"

namespace mho::workloads {

namespace {

/// Element operations per hidden unit.
std::int64_t recurrent_operations(const Network& /*network*/, const Node& node) {
  constexpr std::int64_t sigmoid = exponential_operations + 2;
  switch (node.as<Recurrence>().kind) {
    case Recurrence::Kind::lstm:
      return 5 * sigmoid + 4 + 4;  // activations; sums with the recurrent products; the cell and the state
    case Recurrence::Kind::gru:
      return 3 * sigmoid + 3 + 5;
    case Recurrence::Kind::rnn:
      return exponential_operations + 3;
  }
  return 1;
}

/// Axis of time, which is processed in order. A single time step may lie on the axis of the batch; the importer checks that the batch is 1.
std::vector<std::int64_t> steps_of_state(const Network& network, const Node& node, std::size_t input) {
  const bool several = input == 0 && network.values[static_cast<std::size_t>(node.inputs[0])].shape.at(0) > 1;
  return several ? std::vector<std::int64_t>{0} : std::vector<std::int64_t>();
}

std::optional<int> second_of_state(const Node& /*node*/, const Shape& /*in*/, int /*axis*/, const Shape& /*out*/) { return 1; }

int reshaped(OnnxBuilder& graph, const OnnxNode& node, int from, Shape shape, const std::string& name) {
  if (graph.value(from).shape == shape) return from;
  Node view = node_of(node, reshape_operator, View{}, {from});
  view.name = name;
  return graph.append(node, std::move(view), std::move(shape), name);
}

/// Transposes a value of `shape`. If only axes of length 1 move, it is a reshape.
int turned(OnnxBuilder& graph, const OnnxNode& node, int from, const Shape& shape, std::vector<std::int64_t> axes, const std::string& name) {
  Shape out;
  for (const std::int64_t axis : axes) out.push_back(shape[static_cast<std::size_t>(axis)]);
  std::vector<std::int64_t> longer;
  std::ranges::copy_if(axes, std::back_inserter(longer), [&](std::int64_t axis) { return shape[static_cast<std::size_t>(axis)] > 1; });
  if (std::ranges::is_sorted(longer)) return reshaped(graph, node, from, std::move(out), name);
  const int whole = reshaped(graph, node, from, shape, name + ".axes");
  Node turn = node_of(node, transpose_operator, Permutation{std::move(axes)}, {whole});
  turn.name = name;
  return graph.append(node, std::move(turn), std::move(out), name);
}

/// The outputs of one direction: all time steps [T][N][hidden], and the last step [1][N][hidden] of h and, if it is kept, of c.
struct Direction {
  int all = -1, last = -1, last_cell = -1;
};

/// Imports one of `count` directions of a layer, number `index`. The input is [T][N][K], with N sequences side by side.
class DirectionImport {
 public:
  DirectionImport(OnnxBuilder& graph, const OnnxNode& node, int x, int index, int count, bool cell_wanted)
      : graph_(graph),
        node_(node),
        x_(x),
        index_(index),
        count_(count),
        steps_(graph.value(x).shape[0]),
        sequences_(graph.value(x).shape[1]),
        width_(graph.value(x).shape[2]),
        hidden_(graph.value(graph.input(node, 2)).shape.back()),
        outputs_(recurrent_kind(node).gates * hidden_),
        name_(node.name() + (count == 1   ? ""
                             : index == 0 ? ".forward"
                                          : ".backward")),
        recurrence_(recurrence_of(node, recurrent_kind(node), index, count)) {
    recurrence_.hidden = static_cast<int>(hidden_);
    recurrence_.keeps_cell = cell_wanted && recurrence_.has_cell();
  }

  Direction add() {
    const int projected = add_projection();
    read_peepholes();
    std::vector<int> inputs{projected, initial(5, "initial_h")};
    if (recurrence_.has_cell()) inputs.push_back(initial(6, "initial_c"));
    const bool two_products = recurrence_.kind == Recurrence::Kind::gru && !recurrence_.linear_before_reset;
    std::vector<int> matrices;
    if (two_products) {
      matrices = {matrix(name_ + ".gates", 2, 0, 2 * hidden_, hidden_), matrix(name_ + ".candidate", 2, 2 * hidden_, 3 * hidden_, hidden_)};
    } else {
      matrices = {matrix(name_, 2, 0, outputs_, hidden_)};
    }
    const int length = length_input();
    if (length >= 0) inputs.push_back(length);
    const std::int64_t row = hidden_ * (recurrence_.keeps_cell ? 2 : 1);
    Node steps = node_of(node_, recurrent_operator, recurrence_, std::move(inputs));
    steps.name = name_;
    steps.matrices = std::move(matrices);
    const int made = graph_.append(node_, std::move(steps), {steps_, sequences_, row}, name_ + ".steps");
    const int last = add_last(made, length, row);
    Direction result;
    result.all = half(made, 0, name_ + ".h");
    result.last = half(last, 0, name_ + ".last_h");
    if (recurrence_.keeps_cell) result.last_cell = half(last, hidden_, name_ + ".last_c");
    return result;
  }

 private:
  /// Rows [begin, end) of this direction of a constant [directions][rows][columns].
  int matrix(const std::string& name, int which, std::int64_t begin, std::int64_t end, std::int64_t columns) {
    const std::int64_t first = (index_ * outputs_ + begin) * columns;
    const std::string key = fmt::format("recurrent {} {} {} {}", graph_.input(node_, which), index_, begin, end);
    const auto fill = [first, count = (end - begin) * columns](auto& weights, const auto& from) {
      std::copy_n(from.begin() + first, count, weights.begin());
    };
    return graph_.shared_matrix(node_, name, key, {columns, end - begin}, graph_.input(node_, which), fill);
  }

  /// Products of the inputs of all time steps.
  int add_projection() {
    Node projection = node_of(node_, matrix_product_operator, MatrixProduct{2}, {x_});
    projection.name = name_ + ".input";
    projection.matrices = {matrix(projection.name, 1, 0, outputs_, width_)};
    if (graph_.has_input(node_, 3)) {
      read_bias(projection);
      if (graph_.traced()) trace_bias(projection);
    }
    const std::string name = projection.name;
    return graph_.append(node_, std::move(projection), {steps_, sequences_, outputs_}, name);
  }

  /// The two biases are added, except the bias of the candidate's recurrent product, which the reset gate scales.
  void read_bias(Node& projection) {
    const std::vector<float>& both = graph_.constant(node_, 3, "B").data;
    graph_.check_trained(node_, graph_.input(node_, 3), "its biases");
    const auto at = [&](std::int64_t i) { return both[static_cast<std::size_t>(std::int64_t{index_} * 2 * outputs_ + i)]; };
    projection.bias.resize(static_cast<std::size_t>(outputs_));
    for (std::int64_t o = 0; o < outputs_; ++o) {
      const bool inside = recurrence_.linear_before_reset && o >= 2 * hidden_;
      projection.bias[static_cast<std::size_t>(o)] = at(o) + (inside ? 0.0F : at(outputs_ + o));
      if (inside) recurrence_.candidate_bias.push_back(at(outputs_ + o));
    }
  }

  void trace_bias(Node& projection) {
    const ValueInfo& biases = graph_.value(graph_.input(node_, 3));
    const std::int64_t first = std::int64_t{index_} * 2 * outputs_;
    const auto rows = [&](std::int64_t begin, std::int64_t length) {
      return moved(biases.origin, static_cast<std::size_t>(length),
                   [&](auto& to, const auto& from) { std::copy_n(from.begin() + begin, length, to.begin()); });
    };
    // Training changes only the bias of the input product; the other bias is added as a constant.
    std::vector<float> others(biases.data.begin() + first + outputs_, biases.data.begin() + first + 2 * outputs_);
    if (recurrence_.linear_before_reset) {
      std::fill(others.begin() + 2 * hidden_, others.end(), 0.0F);
      recurrence_.candidate_origin = rows(first + outputs_ + 2 * hidden_, hidden_);
    }
    projection.bias_origin = rows(first, outputs_);
    shift(projection.bias_origin, others);
  }

  void read_peepholes() {
    if (!recurrence_.has_cell() || !graph_.has_input(node_, 7)) return;
    const std::vector<float>& data = graph_.constant(node_, 7, "P").data;
    graph_.check_trained(node_, graph_.input(node_, 7), "its peepholes");
    const auto fill = [&](auto& to, const auto& from) { std::copy_n(from.begin() + std::int64_t{index_} * 3 * hidden_, 3 * hidden_, to.begin()); };
    recurrence_.peepholes.resize(static_cast<std::size_t>(3 * hidden_));
    fill(recurrence_.peepholes, data);
    recurrence_.peephole_origin = moved(graph_.value(graph_.input(node_, 7)).origin, recurrence_.peepholes.size(), fill);
  }

  /// The state before the first time step.
  int initial(int which, const char* what) {
    const std::string name = fmt::format("{}.{}", name_, what);
    if (!graph_.has_input(node_, which)) {
      return graph_.add_constant(name, {1, sequences_, hidden_}, std::vector<float>(static_cast<std::size_t>(sequences_ * hidden_)));
    }
    const bool batch_first = node_.integer("layout", 0) != 0;
    int state = graph_.input(node_, which);
    const int batch_axis = batch_first ? 0 : 1;
    if (sequences_ == 1 && graph_.value(state).shape.size() == 3) state = graph_.one_of_batch(node_, state, batch_axis);
    if (element_count(graph_.value(state).shape) != count_ * sequences_ * hidden_) {
      node_.fail(fmt::format("{} has shape {}; {} direction{} of {} values, for {}, are needed", what, shape_text(graph_.value(state).shape), count_,
                             count_ == 1 ? "" : "s", hidden_,
                             sequences_ == 1 ? std::string("a batch of 1") : fmt::format("each of {} sequences", sequences_)));
    }
    if (batch_first) state = turned(graph_, node_, state, {sequences_, count_, hidden_}, {1, 0, 2}, name + ".directions_first");
    // [directions, N, hidden]
    Node view = node_of(node_, reshape_operator, View{}, {state});
    view.name = name;
    state = graph_.append(node_, std::move(view), {count_, sequences_, hidden_}, name);
    return count_ == 1 ? state : take(graph_, node_, state, 0, {index_}, name + ".own");
  }

  /// The value that holds the length of the sequence; -1 if it is known to fill all time steps.
  int length_input() {
    if (!graph_.has_input(node_, 4)) return -1;
    const int length = graph_.one_of_batch(node_, graph_.input(node_, 4), 0);
    const ValueInfo& info = graph_.value(length);
    const auto whole = [&](float given) { return given == static_cast<float>(steps_); };
    if (!info.data.empty() && std::ranges::all_of(info.data, whole)) return -1;
    if (sequences_ > 1) node_.fail(fmt::format("sequence_lens shortens some of its {} sequences, which is supported for one alone", sequences_));
    if (element_count(info.shape) != 1) {
      node_.fail(fmt::format("sequence_lens has shape {}; one length, for a batch of 1, is needed", shape_text(info.shape)));
    }
    return length;
  }

  /// The last one of the time steps in `made`.
  int add_last(int made, int length, std::int64_t row) {
    const std::string name = name_ + ".last";
    if (length >= 0 && !recurrence_.reverse) {
      Node pick = node_of(node_, row_at_operator, RowAt{}, {made, length});
      pick.name = name;
      return graph_.append(node_, std::move(pick), {1, sequences_, row}, name);
    }
    return steps_ == 1 ? made : take(graph_, node_, made, 0, {recurrence_.reverse ? 0 : steps_ - 1}, name);
  }

  /// Extracts h or c from rows that hold both.
  int half(int from, std::int64_t begin, const std::string& called) {
    if (!recurrence_.keeps_cell) return from;
    std::vector<std::int64_t> channels(static_cast<std::size_t>(hidden_));
    for (std::size_t i = 0; i < channels.size(); ++i) channels[i] = begin + static_cast<std::int64_t>(i);
    return take(graph_, node_, from, 2, std::move(channels), called);
  }

  OnnxBuilder& graph_;
  const OnnxNode& node_;
  int x_, index_, count_;
  std::int64_t steps_, sequences_, width_, hidden_, outputs_;
  std::string name_;
  Recurrence recurrence_;
};

/// Dimensions of a layer, as given by its node.
struct Layer {
  bool batch_first;
  int directions;
  std::int64_t steps, sequences, width, hidden;
};

Layer read_layer(const OnnxBuilder& graph, const OnnxNode& node) {
  const bool batch_first = node.integer("layout", 0) != 0;
  const Shape in = graph.value(graph.input(node, 0)).shape;
  if (in.size() != 3) node.fail(fmt::format("input shape {}; three axes (time, batch, features) are needed", shape_text(in)));
  const auto batch = graph.batch_of(graph.input(node, 0));
  // If the batch of the file is 1, a single time step may lie on the same axis.
  const bool single = in[batch_first ? 0 : 1] == 1 && graph.file_batch() == 1;
  if (!single && batch && batch->axis == (batch_first ? 1 : 0)) {
    node.fail(
        fmt::format("its time steps (axis {} of the input of shape {}) are the batch: feed samples one by one, with the batch as the network's "
                    "first axis (batch_first) or as the second axis of an input that goes straight into it",
                    batch_first ? 1 : 0, shape_text(in)));
  }
  const std::string direction = node.text("direction", "forward");
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional") {
    node.fail(fmt::format("direction '{}'; legal are forward, reverse and bidirectional", direction));
  }
  const int count = direction == "bidirectional" ? 2 : 1;
  const std::int64_t width = in[2];
  const Shape recurrent_shape = graph.weights(node, 2, "its recurrent weights R").shape;
  const RecurrentKind& kind = recurrent_kind(node);
  const std::int64_t hidden = recurrent_shape.empty() ? 0 : recurrent_shape.back(), outputs = kind.gates * hidden;
  const auto expect = [&](int index, const char* what, const Shape& wanted) {
    if (!graph.has_input(node, index)) return;
    const Shape& shape = graph.weights(node, index, what).shape;
    if (shape != wanted) node.fail(fmt::format("{} has shape {} where {} is needed", what, shape_text(shape), shape_text(wanted)));
  };
  if (hidden < 1) node.fail(fmt::format("its recurrent weights R have shape {}", shape_text(recurrent_shape)));
  static_cast<void>(graph.weights(node, 1, "its input weights W"));
  expect(1, "W", {count, outputs, width});
  expect(2, "R", {count, outputs, hidden});
  expect(3, "B", {count, 2 * outputs});
  if (kind.kind == Recurrence::Kind::lstm) expect(7, "P", {count, 3 * hidden});
  if (node.integer("hidden_size", hidden) != hidden) {
    node.fail(fmt::format("hidden_size {} disagrees with R of shape {}", node.integer("hidden_size", hidden), shape_text(recurrent_shape)));
  }
  return {batch_first, count, in[batch_first ? 1 : 0], in[batch_first ? 0 : 1], width, hidden};
}

/// Sets output `output` of the ONNX node, of shape `shape`, from the results of all directions. The axis of directions is inserted before `axis`.
void join(OnnxBuilder& graph, const OnnxNode& node, const std::vector<int>& made, int output, std::int64_t axis, bool batch_first,
          const Shape& shape) {
  const std::string& name = node.output(output);
  std::vector<int> parts;
  for (std::size_t index = 0; index < made.size(); ++index) {
    if (made[index] < 0) return;
    // [T, N, hidden] becomes [T, 1, N, hidden].
    Shape own = graph.value(made[index]).shape;
    own.insert(own.begin() + axis, 1);
    const auto batch = graph.batch_of(made[index]);
    parts.push_back(made.size() == 1 ? made[index] : reshaped(graph, node, made[index], own, fmt::format("{}.direction{}", name, index)));
    if (made.size() > 1 && batch) graph.note_batch(parts.back(), BatchPlace{batch->axis + (batch->axis >= axis ? 1 : 0), batch->slower});
  }
  int joined = parts[0];
  if (made.size() == 2) {
    Shape out = graph.value(parts[0]).shape;
    out[static_cast<std::size_t>(axis)] = 2;
    Node both = node_of(node, concatenation_operator, Concatenation{static_cast<int>(axis)}, std::move(parts));
    both.name = name + ".directions";
    joined = graph.append(node, std::move(both), std::move(out), name + ".directions");
  }
  // From [T, directions, N, hidden] or [directions, N, hidden] to [N, T, ...] or [N, directions, ...] for a layer with the batch first.
  const std::int64_t sequences = graph.value(made[0]).shape[1];
  const bool turns = batch_first && sequences > 1;
  if (turns) {
    const auto count = static_cast<std::int64_t>(made.size()), rows = graph.value(made[0]).shape[0], hidden = graph.value(made[0]).shape.back();
    joined = output == 0 ? turned(graph, node, joined, {rows, count, sequences, hidden}, {2, 0, 1, 3}, name + ".batch_first")
                         : turned(graph, node, joined, {count, sequences, hidden}, {1, 0, 2}, name + ".batch_first");
  }
  const int result = reshaped(graph, node, joined, shape, name);
  const int batch_axis = node.integer("layout", 0) != 0 ? 0 : static_cast<int>(shape.size()) - 2;
  if (sequences == 1 && graph.batch_of(joined)) graph.note_batch(result, BatchPlace{batch_axis, 1});
  // For sequences side by side, the batch has the same place among them as in the input.
  const auto batch = graph.batch_of(graph.input(node, 0));
  if (sequences > 1 && batch && batch->axis == (batch_first ? 0 : 1)) graph.note_batch(result, BatchPlace{batch_axis, batch->slower});
  graph.name_output(node, result, output);
}

void import_recurrent(OnnxBuilder& graph, const OnnxNode& node) {
  const auto [batch_first, count, steps, sequences, width, hidden] = read_layer(graph, node);
  int x = graph.input(node, 0);
  if (batch_first) x = turned(graph, node, x, {sequences, steps, width}, {1, 0, 2}, node.name() + ".time_first");
  const bool cell_wanted = node.makes(2) && graph.is_read(node.output(2));
  std::vector<int> all, last, last_cell;
  for (int index = 0; index < count; ++index) {
    const Direction made = DirectionImport(graph, node, x, index, count, cell_wanted).add();
    all.push_back(made.all);
    last.push_back(made.last);
    last_cell.push_back(made.last_cell);
  }
  const Shape state = batch_first ? Shape{sequences, count, hidden} : Shape{count, sequences, hidden};
  const Shape outputs = batch_first ? Shape{sequences, steps, count, hidden} : Shape{steps, count, sequences, hidden};
  if (node.makes(0)) join(graph, node, all, 0, 1, batch_first, outputs);
  if (node.makes(1)) join(graph, node, last, 1, 0, batch_first, state);
  if (node.makes(2)) join(graph, node, last_cell, 2, 0, batch_first, state);
}

}  // namespace

constinit const Operator recurrent_operator{
    .name = "recurrent", .leading = LeadingAxis::any, .count = recurrent_operations, .along = steps_of_state, .batch_axis = second_of_state};

const OperatorFamily& recurrent_family() {
  static const OperatorFamily family{"recurrent",
                                     {&recurrent_operator},
                                     {{.op_type = "GRU", .import = import_recurrent, .takes_sequences = true, .trained_inputs = 0b10001110},
                                      {.op_type = "LSTM", .import = import_recurrent, .takes_sequences = true, .trained_inputs = 0b10001110},
                                      {.op_type = "RNN", .import = import_recurrent, .takes_sequences = true, .trained_inputs = 0b10001110}}};
  return family;
}

}  // namespace mho::workloads
