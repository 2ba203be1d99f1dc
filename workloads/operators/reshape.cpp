#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "workloads/onnx/onnx_graph.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {

namespace {

/// Place inside an axis of `length` that a place before or behind it repeats.
std::int64_t beyond(const std::string& mode, std::int64_t at, std::int64_t length) {
  const auto folded = [&](std::int64_t period) { return ((at % period) + period) % period; };
  if (mode == "edge") return std::clamp<std::int64_t>(at, 0, length - 1);
  if (mode == "reflect" && length > 1) return std::min(folded(2 * length - 2), 2 * length - 2 - folded(2 * length - 2));
  return folded(length);
}

}  // namespace

void OnnxGraph::constant_node(const OnnxNode& node) {
  const auto make = [&](Shape shape, std::vector<float> data) {
    alias(node, add_constant(node.proto().output(0), std::move(shape), std::move(data)));
  };
  if (const auto* tensor = node.find("value")) {
    OnnxTensor read = read_tensor(tensor->t(), node.where());
    make(std::move(read.shape), std::move(read.data));
    trace_source(value_by_name_[node.proto().output(0)], node.proto().output(0), tensor->t().data_type());
  } else if (node.has("value_float")) {
    make({}, {node.real("value_float", 0)});
    trace_source(value_by_name_[node.proto().output(0)], node.proto().output(0), onnx::TensorProto::FLOAT);
  } else if (node.has("value_int")) {
    make({}, {static_cast<float>(node.integer("value_int", 0))});
  } else if (const auto* floats = node.find("value_floats")) {
    make({floats->floats_size()}, {floats->floats().begin(), floats->floats().end()});
    trace_source(value_by_name_[node.proto().output(0)], node.proto().output(0), onnx::TensorProto::FLOAT);
  } else if (node.has("value_ints")) {
    const auto ints = node.integers("value_ints");
    make({static_cast<std::int64_t>(ints.size())}, {ints.begin(), ints.end()});
  } else {
    node.fail("holds no number; supported are the attributes value, value_float, value_floats, value_int and value_ints");
  }
}

void OnnxGraph::identity(const OnnxNode& node) {
  if (node.proto().op_type() == "Dropout" && opset_ >= 12 && has_input(node, 2)) {
    const ValueInfo& training = constant(node, 2, "training_mode");
    if (training.data.size() != 1 || training.data[0] != 0.0F)
      node.fail("training_mode is on, which is not supported; export the network for inference");
  }
  alias(node, input(node, 0));
}

void OnnxGraph::flatten(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape& shape = value(x).shape;
  const std::int64_t wanted = node.integer("axis", 1);
  const auto rank = static_cast<std::int64_t>(shape.size());
  if (wanted < -rank || wanted > rank) node.fail(fmt::format("axis {} is outside its tensor of {} axes", wanted, rank));
  const std::int64_t axis = wanted < 0 ? wanted + rank : wanted;
  Node result = node_of(node, {x});
  result.axis = static_cast<int>(axis);
  const std::int64_t rows = element_count(Shape(shape.begin(), shape.begin() + axis));
  Shape out{rows, element_count(shape) / std::max<std::int64_t>(rows, 1)};
  add(node, std::move(result), std::move(out));
}

void OnnxGraph::reshape(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape in = value(x).shape;
  std::vector<std::int64_t> wanted = constant_integers(node, 1, "its target shape");
  const std::string text = shape_text(wanted);
  const bool literal_zero = node.integer("allowzero", 0) != 0;
  const std::int64_t total = element_count(in);
  const auto resolve = [&](std::vector<std::int64_t> shape) {
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
    if (open >= 0 && total % known == 0) shape[static_cast<std::size_t>(open)] = total / known;
    return open >= 0 && total % known != 0 ? std::vector<std::int64_t>() : shape;
  };
  Shape out = resolve(wanted);
  const auto fits = [&](const Shape& shape) { return element_count(shape) == total && (!shape.empty() || wanted.empty()); };
  // The file's batch length inside the target becomes the single sample that flows here.
  if (!value(x).constant && file_batch_ > 1 && !wanted.empty() && wanted[0] == file_batch_) {
    wanted[0] = 1;
    if (const Shape single = resolve(wanted); fits(single)) out = single;
  }
  if (!fits(out)) {
    node.fail(fmt::format("its input '{}' of shape {} does not have as many elements as the target shape {}", value(x).name, shape_text(in), text));
  }
  add(node, node_of(node, {x}), std::move(out));
}

void OnnxGraph::transpose(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape in = value(x).shape;
  Node result = node_of(node, {x});
  result.axes = node.integers("perm");
  if (!node.has("perm")) {
    result.axes.resize(in.size());
    std::iota(result.axes.rbegin(), result.axes.rend(), 0);
  }
  std::vector<std::int64_t> sorted = result.axes, all(in.size());
  std::sort(sorted.begin(), sorted.end());
  std::iota(all.begin(), all.end(), 0);
  if (sorted != all) node.fail(fmt::format("perm {} is no permutation of the {} axes of its input", shape_text(result.axes), in.size()));
  Shape out;
  for (const std::int64_t axis : result.axes) out.push_back(in[static_cast<std::size_t>(axis)]);
  add(node, std::move(result), std::move(out));
}

void OnnxGraph::pad(const OnnxNode& node) {
  int x = input(node, 0);
  Shape in = value(x).shape;
  const std::string mode = node.text("mode", "constant");
  if (mode != "constant" && mode != "reflect" && mode != "edge" && mode != "wrap") {
    node.fail(fmt::format("mode '{}'; legal are constant, reflect, edge and wrap", mode));
  }
  const std::vector<std::int64_t> pads = opset_ < 11 ? node.integers("pads") : constant_integers(node, 1, "pads");
  float fill = 0.0F;
  if (opset_ < 11) {
    fill = node.real("value", 0.0F);
  } else if (has_input(node, 2)) {
    const ValueInfo& info = constant(node, 2, "its constant value");
    if (info.data.size() != 1) node.fail(fmt::format("its constant value has shape {}; a single value is needed", shape_text(info.shape)));
    fill = info.data[0];
  }
  std::vector<std::int64_t> axes(in.size());
  std::iota(axes.begin(), axes.end(), 0);
  if (opset_ >= 18 && has_input(node, 3)) axes = constant_integers(node, 3, "axes");
  if (pads.size() != 2 * axes.size()) node.fail(fmt::format("pads has {} entries where {} are needed", pads.size(), 2 * axes.size()));
  std::vector<std::int64_t> around(2 * in.size(), 0);
  int step = 1;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(normal_axis(node, axes[i], in.size()));
    const std::int64_t begin = pads[i], end = pads[axes.size() + i];
    if (std::max(std::abs(begin), std::abs(end)) > largest_tensor) node.fail(fmt::format("pads holds {} and {}, more than any tensor", begin, end));
    if (is_batch(x, static_cast<int>(axis)) && (begin != 0 || end != 0)) node.fail("padding of the batch axis is not supported");
    // What is negative crops, before anything is added.
    const std::int64_t first = std::max<std::int64_t>(0, -begin), last = in[axis] - std::max<std::int64_t>(0, -end);
    if (first >= last) node.fail(fmt::format("negative pads {} and {} leave nothing of axis {} of length {}", begin, end, axis, in[axis]));
    around[axis] = std::max<std::int64_t>(0, begin);
    around[in.size() + axis] = std::max<std::int64_t>(0, end);
    Shape out = in;
    out[axis] = last - first + (mode == "constant" ? 0 : around[axis] + around[in.size() + axis]);
    if (out[axis] == in[axis] && first == 0) continue;
    counted(node, out);
    std::vector<std::int64_t> indices(static_cast<std::size_t>(out[axis]));
    for (std::size_t k = 0; k < indices.size(); ++k) {
      const std::int64_t from = static_cast<std::int64_t>(k) - (mode == "constant" ? 0 : around[axis]);
      indices[k] = first + beyond(mode, from, last - first);
    }
    x = take_step(node, x, static_cast<int>(axis), std::move(indices), step);
    in = std::move(out);
  }
  if (mode != "constant" || std::ranges::all_of(around, [](std::int64_t n) { return n == 0; })) return conclude(node, x);
  for (std::size_t axis = 0; axis < in.size(); ++axis) in[axis] += around[axis] + around[in.size() + axis];
  Node result = node_of(node, {x});
  result.pad_value = fill;
  result.pads = std::move(around);
  add(node, std::move(result), std::move(in));
}

void OnnxGraph::concat(const OnnxNode& node) {
  std::vector<int> inputs;
  inputs.reserve(static_cast<std::size_t>(node.proto().input_size()));
  for (int i = 0; i < node.proto().input_size(); ++i) inputs.push_back(input(node, i));
  if (inputs.empty()) node.fail("has no input");
  if (!node.has("axis")) node.fail("attribute 'axis' is missing");
  Shape out = value(inputs[0]).shape;
  const int axis = normal_axis(node, node.integer("axis", 0), out.size());
  const auto at = static_cast<std::size_t>(axis);
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    Shape shape = value(inputs[i]).shape;
    const std::int64_t length = shape.size() == out.size() ? shape[at] : 0;
    if (shape.size() == out.size()) shape[at] = out[at];
    if (shape != out)
      node.fail(fmt::format("shapes {} and {} differ outside axis {}", shape_text(value(inputs[0]).shape), shape_text(value(inputs[i]).shape), axis));
    out[at] += length;
  }
  Node result = node_of(node, std::move(inputs));
  result.axis = axis;
  if (std::ranges::any_of(result.inputs, [&](int i) { return is_batch(i, axis); })) node.fail("concatenation along the batch axis is not supported");
  add(node, std::move(result), std::move(out));
}

std::vector<std::int64_t> OnnxGraph::axes_of(const OnnxNode& node, int since_opset) const {
  if (opset_ < since_opset) return node.integers("axes");
  return has_input(node, 1) ? constant_integers(node, 1, "axes") : std::vector<std::int64_t>();
}

void OnnxGraph::squeeze(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape in = value(x).shape;
  std::vector<std::int64_t> axes = axes_of(node, 13);
  if (axes.empty() && !value(x).constant) node.fail("names no axes, so it would drop the batch axis as well; name the axes to drop");
  for (std::int64_t& axis : axes) {
    axis = normal_axis(node, axis, in.size());
    if (in[static_cast<std::size_t>(axis)] != 1) node.fail(fmt::format("axis {} of its input of shape {} is longer than 1", axis, shape_text(in)));
  }
  Shape out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const bool dropped = axes.empty() ? in[i] == 1 : std::ranges::count(axes, static_cast<std::int64_t>(i)) > 0;
    if (!dropped) out.push_back(in[i]);
  }
  Node result = node_of(node, {x});
  result.axes = std::move(axes);
  add(node, std::move(result), std::move(out));
}

void OnnxGraph::unsqueeze(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape in = value(x).shape;
  std::vector<std::int64_t> axes = axes_of(node, 13);
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
  Node result = node_of(node, {x});
  result.axes = std::move(axes);
  add(node, std::move(result), std::move(out));
}

}  // namespace mho::workloads
