#include "workloads/operators/shapes/views.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/onnx/onnx_values.h"

namespace mho::workloads {

namespace {

void copy(const Operands& in, std::span<float> y) { std::copy(in.inputs[0].begin(), in.inputs[0].end(), y.begin()); }

std::optional<int> behind_squeezed(const Node& node, const Shape& /*in*/, int axis, const Shape& /*out*/) {
  return axis - static_cast<int>(std::ranges::count_if(node.as<View>().axes, [&](std::int64_t dropped) { return dropped < axis; }));
}

std::optional<int> behind_unsqueezed(const Node& node, const Shape& /*in*/, int axis, const Shape& /*out*/) {
  int moved = axis;
  for (const std::int64_t made : node.as<View>().axes) moved += made <= moved ? 1 : 0;  // in ascending order
  return moved;
}

/// An axis with as many places before it as before; what a Reshape of the file says beyond that is in import_reshape.
std::optional<int> unchanged(const Node& /*node*/, const Shape& in, int axis, const Shape& out) {
  const auto at = static_cast<std::size_t>(axis);
  if (at >= out.size() || elements_between(in, 0, at) != elements_between(out, 0, at)) return std::nullopt;
  return axis;
}

/// Where the batch is after a Reshape, whose target leaves the length of axis `open` to the data (-1: of none): on an axis of its own in the same
/// place, or merged into the open one, or, where lengths of the target come from those of tensors, into the axis there.
std::optional<BatchPlace> batch_after(const OnnxBuilder& graph, int x, const Shape& out, int open, bool from_lengths) {
  const auto batch = graph.batch_of(x);
  if (!batch) return std::nullopt;
  const auto slower = static_cast<std::int64_t>(elements_between(graph.value(x).shape, 0, static_cast<std::size_t>(batch->axis))) * batch->slower;
  const auto before = [&](int axis) { return static_cast<std::int64_t>(elements_between(out, 0, static_cast<std::size_t>(axis))); };
  const auto holds = [&](int axis) {
    const std::int64_t first = before(axis), length = out[static_cast<std::size_t>(axis)];
    return slower % first == 0 && length % (slower / first) == 0;
  };
  std::vector<int> own;
  for (int axis = 0; axis < static_cast<int>(out.size()); ++axis) {
    if (out[static_cast<std::size_t>(axis)] == 1 && before(axis) == slower) own.push_back(axis);
  }
  if (open >= 0 && (std::ranges::count(own, open) > 0 || (own.empty() && holds(open)))) return BatchPlace{open, slower / before(open)};
  if (own.size() == 1 || (!own.empty() && own.front() == 0)) return BatchPlace{own.front(), 1};
  for (int axis = 0; own.empty() && from_lengths && axis < static_cast<int>(out.size()); ++axis) {
    if (out[static_cast<std::size_t>(axis)] > 1 && holds(axis)) return BatchPlace{axis, slower / before(axis)};
  }
  return std::nullopt;
}

void import_identity(OnnxBuilder& graph, const OnnxNode& node) {
  if (node.op_type() == "Dropout" && graph.opset() >= 12 && graph.has_input(node, 2)) {
    const ValueInfo& training = graph.constant(node, 2, "training_mode");
    if (training.data.size() != 1 || training.data[0] != 0.0F)
      node.fail("training_mode is on, which is not supported; export the network for inference");
  }
  graph.name_output(node, graph.input(node, 0));
}

void import_flatten(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape& shape = graph.value(x).shape;
  const std::int64_t wanted = node.integer("axis", 1);
  const auto rank = static_cast<std::int64_t>(shape.size());
  if (wanted < -rank || wanted > rank) node.fail(fmt::format("axis {} is outside its tensor of {} axes", wanted, rank));
  const std::int64_t axis = wanted < 0 ? wanted + rank : wanted;
  const std::int64_t rows = element_count(Shape(shape.begin(), shape.begin() + axis));
  Shape out{rows, element_count(shape) / std::max<std::int64_t>(rows, 1)};
  const auto before = graph.batch_of(x);
  const auto batch = before ? batch_after(graph, x, out, before->axis < axis ? 0 : 1, false) : std::nullopt;
  graph.add(node, node_of(node, reshape_operator, View{}, {x}), std::move(out));
  graph.note_batch(graph.find(node.output(0)), batch);
}

void import_reshape(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  std::vector<std::int64_t> wanted = graph.constant_integers(node, 1, "its target shape");
  const std::string text = shape_text(wanted);
  const bool literal_zero = node.integer("allowzero", 0) != 0;
  const std::int64_t total = element_count(in);
  const auto resolve = [&](std::vector<std::int64_t> shape, std::int64_t all) {
    std::int64_t known = 1;
    int open = -1;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] == 0 && !literal_zero) {
        if (i >= in.size()) node.fail(fmt::format("target shape {} keeps axis {}, which its input of shape {} lacks", text, i, shape_text(in)));
        shape[i] = in[i];
      }
      if (shape[i] == -1 && open < 0) {
        open = static_cast<int>(i);
        continue;
      }
      if (shape[i] <= 0 || known > largest_tensor / shape[i])
        node.fail(fmt::format("target shape {} is not usable for an input of shape {}", text, shape_text(in)));
      known *= shape[i];
    }
    if (open >= 0 && all % known == 0) shape[static_cast<std::size_t>(open)] = all / known;
    return open >= 0 && all % known != 0 ? std::vector<std::int64_t>() : shape;
  };
  // In the file's batch first, whose length may stand in the target or lie hidden in a -1; then for the one sample that flows here.
  const bool frozen = !graph.value(x).constant && graph.file_batch() > 1 && graph.batch_of(x);
  if (frozen) {
    const Shape of_file = resolve(wanted, total * graph.file_batch()), single = graph.shape_of_one(x, of_file);
    if (element_count(single) == total && !wanted.empty()) {
      const auto held = static_cast<int>(std::ranges::mismatch(of_file, single).in1 - of_file.begin());
      const auto batch = batch_after(graph, x, single, held < static_cast<int>(single.size()) ? held : -1, false);
      graph.add(node, node_of(node, reshape_operator, View{}, {x}), single);
      return graph.note_batch(graph.find(node.output(0)), batch);
    }
  }
  Shape out = resolve(wanted, total);
  const auto fits = [&](const Shape& shape) { return element_count(shape) == total && (!shape.empty() || wanted.empty()); };
  // Where the batch is not known: the file's length in front of the target, else in the one axis that makes it fit.
  if (!graph.value(x).constant && graph.file_batch() > 1) {
    std::vector<Shape> singles;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      std::vector<std::int64_t> one = wanted;
      one[i] /= graph.file_batch();
      if (wanted[i] <= 0 || wanted[i] % graph.file_batch() != 0) continue;
      if (const Shape single = resolve(one, total); fits(single)) singles.push_back(single);
      if (i == 0 && wanted[0] == graph.file_batch() && !singles.empty()) out = singles.front();
    }
    if (!fits(out) && singles.size() == 1) out = singles.front();
  }
  if (!fits(out)) {
    node.fail(
        fmt::format("its input '{}' of shape {} does not have as many elements as the target shape {}", graph.value(x).name, shape_text(in), text));
  }
  // A 0 in the target copies an axis, and a copied batch stays open.
  const auto before = graph.batch_of(x);
  auto open = static_cast<int>(std::ranges::find(wanted, -1) - wanted.begin());
  if (open == static_cast<int>(wanted.size())) open = -1;
  if (before && before->axis < static_cast<int>(wanted.size()) && wanted[static_cast<std::size_t>(before->axis)] == 0) open = before->axis;
  const auto batch = batch_after(graph, x, out, open, graph.from_lengths(graph.input(node, 1)));
  graph.add(node, node_of(node, reshape_operator, View{}, {x}), std::move(out));
  graph.note_batch(graph.find(node.output(0)), batch);
}

void import_squeeze(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  std::vector<std::int64_t> axes = graph.axes(node, 13);
  if (axes.empty() && !graph.value(x).constant) node.fail("names no axes, so it would drop the batch axis as well; name the axes to drop");
  for (std::int64_t& axis : axes) {
    axis = normal_axis(node, axis, in.size());
    if (in[static_cast<std::size_t>(axis)] != 1) node.fail(fmt::format("axis {} of its input of shape {} is longer than 1", axis, shape_text(in)));
  }
  Shape out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const bool dropped = axes.empty() ? in[i] == 1 : std::ranges::count(axes, static_cast<std::int64_t>(i)) > 0;
    if (!dropped) out.push_back(in[i]);
  }
  graph.add(node, node_of(node, squeeze_operator, View{std::move(axes)}, {x}), std::move(out));
}

void import_unsqueeze(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  std::vector<std::int64_t> axes = graph.axes(node, 13);
  if (axes.empty()) node.fail("names no axes");
  const std::size_t rank = in.size() + axes.size();
  for (std::int64_t& axis : axes) axis = normal_axis(node, axis, rank);
  std::sort(axes.begin(), axes.end());
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) node.fail("names an axis twice");
  Shape out;
  std::size_t from = 0;
  for (std::size_t i = 0; i < rank; ++i) {
    const bool made = std::ranges::count(axes, static_cast<std::int64_t>(i)) > 0;
    out.push_back(made ? 1 : in[from]);
    if (!made) ++from;
  }
  graph.add(node, node_of(node, unsqueeze_operator, View{std::move(axes)}, {x}), std::move(out));
}

}  // namespace

constinit const Operator identity_operator{.name = "identity", .run = copy, .view = true, .leading = LeadingAxis::any, .moves_only = true};
constinit const Operator reshape_operator{
    .name = "reshape", .run = copy, .view = true, .leading = LeadingAxis::any, .batch_axis = unchanged, .moves_only = true};
constinit const Operator squeeze_operator{
    .name = "squeeze", .run = copy, .view = true, .leading = LeadingAxis::any, .batch_axis = behind_squeezed, .moves_only = true};
constinit const Operator unsqueeze_operator{
    .name = "unsqueeze", .run = copy, .view = true, .leading = LeadingAxis::any, .batch_axis = behind_unsqueezed, .moves_only = true};

const OperatorFamily& view_family() {
  static const OperatorFamily family{"views",
                                     {&identity_operator, &reshape_operator, &squeeze_operator, &unsqueeze_operator},
                                     {{.op_type = "Identity", .import = import_identity, .passes_through = true, .keeps_layout = true},
                                      {.op_type = "Dropout", .import = import_identity, .passes_through = true},
                                      {.op_type = "Flatten", .import = import_flatten},
                                      {.op_type = "Reshape", .import = import_reshape},
                                      {.op_type = "Squeeze", .import = import_squeeze},
                                      {.op_type = "Unsqueeze", .import = import_unsqueeze}}};
  return family;
}

int reshape_step(OnnxBuilder& graph, const OnnxNode& node, int x, Shape shape, int& step) {
  if (graph.value(x).shape == shape) return x;
  return graph.add_step(node, node_of(node, reshape_operator, View{}, {x}), std::move(shape), step);
}

void conclude(OnnxBuilder& graph, const OnnxNode& node, int x) {
  if (graph.take_last_step(node, x)) return;
  if (graph.value(x).constant) {
    graph.name_output(node, x);
  } else {
    graph.add(node, node_of(node, identity_operator, View{}, {x}), graph.value(x).shape);
  }
}

}  // namespace mho::workloads
