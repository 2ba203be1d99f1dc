#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "workloads/onnx_graph.h"

namespace mho::workloads {

void OnnxGraph::binary(const OnnxNode& node) {
  const int a = input(node, 0), b = input(node, 1);
  Shape out = broadcast(node, value(a).shape, value(b).shape);
  if (node.proto().op_type() == "Add" && fold_bias(node)) return;
  add(node, node_of(node, {a, b}), std::move(out));
}

void OnnxGraph::unary(const OnnxNode& node) {
  const int x = input(node, 0);
  add(node, node_of(node, {x}), value(x).shape);
}

void OnnxGraph::clip(const OnnxNode& node) {
  const int x = input(node, 0);
  Node clip = node_of(node, {x});
  clip.minimum = std::numeric_limits<float>::lowest();
  clip.maximum = std::numeric_limits<float>::max();
  const auto limit = [&](int index, const std::string& name, float otherwise) {
    if (opset_ < 11) return node.real(name, otherwise);
    if (!has_input(node, index)) return otherwise;
    const ValueInfo& info = constant(node, index, name);
    if (info.data.size() != 1) node.fail(fmt::format("{} has shape {}; a single value is needed", name, shape_text(info.shape)));
    return info.data[0];
  };
  clip.minimum = limit(1, "min", clip.minimum);
  clip.maximum = limit(2, "max", clip.maximum);
  add(node, std::move(clip), value(x).shape);
}

void OnnxGraph::softmax(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape shape = value(x).shape;
  // Before version 13 everything from the axis on is one row.
  const bool flattens = opset_ < 13;
  Node result = node_of(node, {x});
  result.axis = normal_axis(node, node.integer("axis", flattens ? 1 : -1), shape.size());
  result.axes.resize(flattens ? shape.size() - static_cast<std::size_t>(result.axis) : 1);
  std::iota(result.axes.begin(), result.axes.end(), result.axis);
  if (result.axis == 0 && !value(x).constant) node.fail("axis 0 would mix the samples of a batch, which is not supported");
  add(node, std::move(result), shape);
}

void OnnxGraph::reduce_mean(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape shape = value(x).shape;
  Node result = node_of(node, {x});
  result.keepdims = node.integer("keepdims", 1) != 0;
  result.axes = axes_of(node, 18);
  for (std::int64_t& axis : result.axes) axis = normal_axis(node, axis, shape.size());
  if (result.axes.empty() && node.integer("noop_with_empty_axes", 0) == 0) {
    result.axes.resize(shape.size());
    std::iota(result.axes.begin(), result.axes.end(), 0);
  }
  std::sort(result.axes.begin(), result.axes.end());
  result.axes.erase(std::unique(result.axes.begin(), result.axes.end()), result.axes.end());
  if (!value(x).constant && !result.axes.empty() && result.axes.front() == 0) {
    node.fail("the mean over axis 0 would mix the samples of a batch, which is not supported");
  }
  Shape out;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool reduced = std::ranges::count(result.axes, static_cast<std::int64_t>(i)) > 0;
    if (!reduced || result.keepdims) out.push_back(reduced ? 1 : shape[i]);
  }
  add(node, std::move(result), std::move(out));
}

}  // namespace mho::workloads
