#include "workloads/operators/shapes/movement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <stdexcept>

#include "workloads/onnx/onnx_values.h"
#include "workloads/operators/shapes/picking.h"
#include "workloads/operators/shapes/views.h"

namespace mho::workloads {

namespace {

void transpose(const Operands& in, std::span<float> y) {
  const auto& axes = in.node.as<Permutation>().axes;
  const Shape steps = row_major_steps(in.shape(0)), &out = in.output_shape();
  Shape from(out.size());
  for (std::size_t i = 0; i < out.size(); ++i) from[i] = steps[static_cast<std::size_t>(axes[i])];
  copy_strided(out, from, in.inputs[0], y);
}

std::optional<int> permuted(const Node& node, const Shape& /*in*/, int axis, const Shape& /*out*/) {
  const auto& axes = node.as<Permutation>().axes;
  return static_cast<int>(std::ranges::find(axes, axis) - axes.begin());
}

void pad(const Operands& in, std::span<float> y) {
  const auto& [pads, value] = in.node.as<Padding>();
  const Shape& shape = in.shape(0);
  std::fill(y.begin(), y.end(), value);
  if (in.inputs[0].empty()) return;
  const Shape steps = row_major_steps(in.output_shape());
  Shape index(shape.size(), 0);
  std::int64_t at = 0;
  for (std::size_t i = 0; i < shape.size(); ++i) at += pads[i] * steps[i];
  for (const float element : in.inputs[0]) {
    y[static_cast<std::size_t>(at)] = element;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      at += steps[axis];
      if (++index[axis] < shape[axis]) break;
      at -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

std::vector<std::int64_t> padded_axes(const Network& /*network*/, const Node& node, std::size_t /*input*/) {
  const auto& pads = node.as<Padding>().pads;
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < pads.size() / 2; ++i) {
    if (pads[i] != 0 || pads[pads.size() / 2 + i] != 0) axes.push_back(static_cast<std::int64_t>(i));
  }
  return axes;
}

/// Padding of planes reads like a window of one element that begins in the padding.
std::optional<Window> shift_of(const Node& node) {
  const auto& pads = node.as<Padding>().pads;
  if (pads.size() != 8 || pads[0] != 0 || pads[4] != 0) return std::nullopt;
  Window shift;
  shift.pad_begin = {static_cast<int>(pads[2]), static_cast<int>(pads[3])};
  return shift;
}

MovedElement padded(const Network& network, const Node& node, std::int64_t element) {
  const auto& [pads, value] = node.as<Padding>();
  const Shape& in = network.values[static_cast<std::size_t>(node.inputs[0])].shape;
  const Shape& out = network.values[static_cast<std::size_t>(node.output)].shape;
  std::int64_t from = 0, step = 1;
  for (std::size_t axis = out.size(); axis-- > 0;) {
    const std::int64_t at = element % out[axis] - pads[axis];
    element /= out[axis];
    if (at < 0 || at >= in[axis]) return {0, -1, value};
    from += at * step;
    step *= in[axis];
  }
  return {0, from};
}

void concatenate(const Operands& in, std::span<float> y) {
  const auto axis = static_cast<std::size_t>(in.node.as<Concatenation>().axis);
  const Shape& out = in.output_shape();
  const std::size_t row = elements_between(out, axis, out.size());
  std::size_t offset = 0;
  for (std::size_t i = 0; i < in.inputs.size(); ++i) {
    const std::span<const float> x = in.inputs[i];
    const std::size_t part = elements_between(in.shape(i), axis, in.shape(i).size());
    for (std::size_t o = 0; part != 0 && o < x.size() / part; ++o) {
      std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(o * part), part, y.begin() + static_cast<std::ptrdiff_t>(o * row + offset));
    }
    offset += part;
  }
}

MovedElement joined(const Network& network, const Node& node, std::int64_t element) {
  const Shape& out = network.values[static_cast<std::size_t>(node.output)].shape;
  const auto axis = static_cast<std::size_t>(node.as<Concatenation>().axis);
  const auto inner = static_cast<std::int64_t>(elements_between(out, axis + 1, out.size()));
  const std::int64_t outer = element / inner / out[axis];
  std::int64_t place = element / inner % out[axis];
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const std::int64_t length = network.values[static_cast<std::size_t>(node.inputs[i])].shape[axis];
    if (place < length) return {i, (outer * length + place) * inner + element % inner};
    place -= length;
  }
  throw std::logic_error("concat: an element beyond all inputs");
}

std::vector<std::int64_t> joined_axis(const Network& /*network*/, const Node& node, std::size_t /*input*/) { return {node.as<Concatenation>().axis}; }

Rows joined_rows(const Network& /*network*/, const Node& node) { return {{node.as<Concatenation>().axis}}; }

bool all_the_same(const Network& /*network*/, const Node& node) {
  return std::ranges::all_of(node.inputs, [&](int input) { return input == node.inputs.front(); });
}

/// The index inside an axis of `length` whose element pads place `at`.
std::int64_t beyond(const std::string& mode, std::int64_t at, std::int64_t length) {
  const auto folded = [&](std::int64_t period) { return ((at % period) + period) % period; };
  if (mode == "edge") return std::clamp<std::int64_t>(at, 0, length - 1);
  if (mode == "reflect" && length > 1) return std::min(folded(2 * length - 2), 2 * length - 2 - folded(2 * length - 2));
  return folded(length);
}

void import_transpose(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  std::vector<std::int64_t> axes = node.integers("perm");
  if (!node.has("perm")) {
    axes.resize(in.size());
    std::iota(axes.rbegin(), axes.rend(), 0);
  }
  std::vector<std::int64_t> sorted = axes, all(in.size());
  std::sort(sorted.begin(), sorted.end());
  std::iota(all.begin(), all.end(), 0);
  if (sorted != all) node.fail(fmt::format("perm {} is no permutation of the {} axes of its input", shape_text(axes), in.size()));
  Shape out;
  for (const std::int64_t axis : axes) out.push_back(in[static_cast<std::size_t>(axis)]);
  graph.add(node, node_of(node, transpose_operator, Permutation{std::move(axes)}, {x}), std::move(out));
}

struct AxisPadding {
  const std::string& mode;
  std::int64_t axis, begin, end;
};

/// Crops one axis. Modes other than "constant" also pad it here; a constant padding is returned in `around` for a node that pads. Returns the new
/// value.
int pad_axis(OnnxBuilder& graph, const OnnxNode& node, int x, const AxisPadding& padding, std::vector<std::int64_t>& around, int& step) {
  const Shape in = graph.value(x).shape;
  const bool constant = padding.mode == "constant";
  const std::int64_t begin = padding.begin, end = padding.end;
  const auto axis = static_cast<std::size_t>(normal_axis(node, padding.axis, in.size()));
  if (std::max(std::abs(begin), std::abs(end)) > largest_tensor) node.fail(fmt::format("pads holds {} and {}, more than any tensor", begin, end));
  if (begin != 0 || end != 0) graph.keep_batch(node, x, static_cast<std::int64_t>(axis));
  // Negative pads crop the axis before padding.
  const std::int64_t first = std::max<std::int64_t>(0, -begin), last = in[axis] - std::max<std::int64_t>(0, -end);
  if (first >= last) node.fail(fmt::format("negative pads {} and {} leave nothing of axis {} of length {}", begin, end, axis, in[axis]));
  around[axis] = std::max<std::int64_t>(0, begin);
  around[in.size() + axis] = std::max<std::int64_t>(0, end);
  Shape out = in;
  out[axis] = last - first + (constant ? 0 : around[axis] + around[in.size() + axis]);
  if (out[axis] == in[axis] && first == 0) return x;
  counted(node, out);
  std::vector<std::int64_t> indices(static_cast<std::size_t>(out[axis]));
  for (std::size_t k = 0; k < indices.size(); ++k) {
    const std::int64_t from = static_cast<std::int64_t>(k) - (constant ? 0 : around[axis]);
    indices[k] = first + beyond(padding.mode, from, last - first);
  }
  return take_step(graph, node, x, static_cast<int>(axis), std::move(indices), step);
}

float filling_of(const OnnxBuilder& graph, const OnnxNode& node) {
  if (graph.opset() < 11) return node.real("value", 0.0F);
  if (!graph.has_input(node, 2)) return 0.0F;
  const ValueInfo& info = graph.constant(node, 2, "its constant value");
  if (info.data.size() != 1) node.fail(fmt::format("its constant value has shape {}; a single value is needed", shape_text(info.shape)));
  return info.data[0];
}

void import_pad(OnnxBuilder& graph, const OnnxNode& node) {
  int x = graph.input(node, 0);
  Shape in = graph.value(x).shape;
  const std::string mode = node.text("mode", "constant");
  if (mode != "constant" && mode != "reflect" && mode != "edge" && mode != "wrap") {
    node.fail(fmt::format("mode '{}'; legal are constant, reflect, edge and wrap", mode));
  }
  const std::vector<std::int64_t> pads = graph.opset() < 11 ? node.integers("pads") : graph.constant_integers(node, 1, "pads");
  const float fill = filling_of(graph, node);
  std::vector<std::int64_t> axes(in.size());
  std::iota(axes.begin(), axes.end(), 0);
  if (graph.opset() >= 18 && graph.has_input(node, 3)) axes = graph.constant_integers(node, 3, "axes");
  if (pads.size() != 2 * axes.size()) node.fail(fmt::format("pads has {} entries where {} are needed", pads.size(), 2 * axes.size()));
  std::vector<std::int64_t> around(2 * in.size(), 0);
  int step = 1;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    x = pad_axis(graph, node, x, {mode, axes[i], pads[i], pads[axes.size() + i]}, around, step);
  }
  in = graph.value(x).shape;
  if (mode != "constant" || std::ranges::all_of(around, [](std::int64_t n) { return n == 0; })) return conclude(graph, node, x);
  for (std::size_t axis = 0; axis < in.size(); ++axis) in[axis] += around[axis] + around[in.size() + axis];
  graph.add(node, node_of(node, pad_operator, Padding{std::move(around), fill}, {x}), std::move(in));
}

void import_concat(OnnxBuilder& graph, const OnnxNode& node) {
  std::vector<int> inputs;
  inputs.reserve(static_cast<std::size_t>(node.input_count()));
  for (int i = 0; i < node.input_count(); ++i) inputs.push_back(graph.input(node, i));
  if (inputs.empty()) node.fail("has no input");
  if (!node.has("axis")) node.fail("attribute 'axis' is missing");
  Shape out = graph.value(inputs[0]).shape;
  const int axis = normal_axis(node, node.integer("axis", 0), out.size());
  const auto at = static_cast<std::size_t>(axis);
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    Shape shape = graph.value(inputs[i]).shape;
    const std::int64_t length = shape.size() == out.size() ? shape[at] : 0;
    if (shape.size() == out.size()) shape[at] = out[at];
    if (shape != out)
      node.fail(fmt::format("shapes {} and {} differ outside axis {}", shape_text(graph.value(inputs[0]).shape),
                            shape_text(graph.value(inputs[i]).shape), axis));
    out[at] += length;
  }
  graph.add(node, node_of(node, concatenation_operator, Concatenation{axis}, std::move(inputs)), std::move(out));
}

void import_blocks(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  const std::int64_t size = node.integer("blocksize", 0);
  constexpr std::int64_t largest_block = 1 << 15;
  if (in.size() != 4) node.fail(fmt::format("input shape {}; batch, channels, height and width are needed", shape_text(in)));
  if (size < 1 || size > largest_block) node.fail(fmt::format("blocksize {}; 1 to {} is legal", size, largest_block));
  int step = 1;
  if (node.op_type() == "SpaceToDepth") {
    if (in[2] % size != 0 || in[3] % size != 0) node.fail(fmt::format("input shape {}: {} blocks do not fill its plane", shape_text(in), size));
    const int blocks = reshape_step(graph, node, x, {in[0], in[1], in[2] / size, size, in[3] / size, size}, step);
    const int ordered = transpose_step(graph, node, blocks, {0, 3, 5, 1, 2, 4}, step);
    return conclude(graph, node, reshape_step(graph, node, ordered, {in[0], in[1] * size * size, in[2] / size, in[3] / size}, step));
  }
  const std::string mode = node.text("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") node.fail(fmt::format("mode '{}'; legal are DCR and CRD", mode));
  const std::int64_t channels = in[1] / (size * size);
  if (in[1] % (size * size) != 0) node.fail(fmt::format("input shape {}: {} channels are no multiple of {}", shape_text(in), in[1], size * size));
  const bool depth_first = mode == "DCR";
  const int blocks = reshape_step(
      graph, node, x, depth_first ? Shape{in[0], size, size, channels, in[2], in[3]} : Shape{in[0], channels, size, size, in[2], in[3]}, step);
  const int ordered = transpose_step(graph, node, blocks,
                                     depth_first ? std::vector<std::int64_t>{0, 3, 4, 1, 5, 2} : std::vector<std::int64_t>{0, 1, 4, 2, 5, 3}, step);
  conclude(graph, node, reshape_step(graph, node, ordered, {in[0], channels, in[2] * size, in[3] * size}, step));
}

}  // namespace

constinit const Operator transpose_operator{
    .name = "transpose", .run = transpose, .leading = LeadingAxis::any, .batch_axis = permuted, .moves_only = true};
constinit const Operator pad_operator{
    .name = "pad", .run = pad, .leading = LeadingAxis::any, .access = Access::window, .window = shift_of, .source = padded, .along = padded_axes};
constinit const Operator concatenation_operator{.name = "concatenation",
                                                .run = concatenate,
                                                .leading = LeadingAxis::any,
                                                .access = Access::joined,
                                                .rows = joined_rows,
                                                .source = joined,
                                                .repeats = all_the_same,
                                                .along = joined_axis,
                                                .moves_only = true};

const OperatorFamily& movement_family() {
  static const OperatorFamily family{"movement",
                                     {&transpose_operator, &pad_operator, &concatenation_operator},
                                     {{.op_type = "Transpose", .import = import_transpose},
                                      {.op_type = "Pad", .import = import_pad},
                                      {.op_type = "Concat", .import = import_concat, .aligned_but = 0},
                                      {.op_type = "DepthToSpace", .import = import_blocks},
                                      {.op_type = "SpaceToDepth", .import = import_blocks}}};
  return family;
}

int transpose_step(OnnxBuilder& graph, const OnnxNode& node, int x, std::vector<std::int64_t> permutation, int& step) {
  if (std::ranges::is_sorted(permutation)) return x;
  Shape out;
  for (const std::int64_t axis : permutation) out.push_back(graph.value(x).shape[static_cast<std::size_t>(axis)]);
  return graph.add_step(node, node_of(node, transpose_operator, Permutation{std::move(permutation)}, {x}), std::move(out), step);
}

}  // namespace mho::workloads
