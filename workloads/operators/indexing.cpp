// Operators that repeat, order, count or add up elements along an axis.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "workloads/onnx/onnx_graph.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {

std::int64_t OnnxGraph::single(const OnnxNode& node, int index, const std::string& what) const {
  const auto list = constant_integers(node, index, what);
  if (list.size() != 1) node.fail(fmt::format("{} has shape {}; a single whole number is needed", what, shape_text(value(input(node, index)).shape)));
  return list[0];
}

void OnnxGraph::tile(const OnnxNode& node) {
  int x = input(node, 0);
  const Shape in = value(x).shape;
  const auto repeats = constant_integers(node, 1, "its repeats");
  if (repeats.size() != in.size()) node.fail(fmt::format("it has {} repeats for the {} axes of its input", repeats.size(), in.size()));
  Shape out = in;
  for (std::size_t axis = 0; axis < in.size(); ++axis) {
    if (repeats[axis] < 1) node.fail(fmt::format("its repeats hold {} for axis {}; 1 or more is legal", repeats[axis], axis));
    out[axis] *= repeats[axis];
  }
  counted(node, out);
  int step = 1;
  for (std::size_t axis = 0; axis < in.size(); ++axis) {
    if (repeats[axis] == 1) continue;
    keep_batch(node, x, static_cast<int>(axis), "repeats its input");
    std::vector<std::int64_t> indices(static_cast<std::size_t>(out[axis]));
    for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = static_cast<std::int64_t>(i) % in[axis];
    x = take_step(node, x, static_cast<int>(axis), std::move(indices), step);
  }
  conclude(node, x);
}

void OnnxGraph::range(const OnnxNode& node) {
  const auto number = [&](int index, const char* what) {
    const ValueInfo& info = constant(node, index, what);
    if (info.data.size() != 1) node.fail(fmt::format("{} has shape {}; a single value is needed", what, shape_text(info.shape)));
    return static_cast<double>(info.data[0]);
  };
  const double start = number(0, "its start"), limit = number(1, "its limit"), delta = number(2, "its delta");
  if (delta == 0.0) node.fail("its delta is 0, which leads nowhere");
  const double count = std::max(0.0, std::ceil((limit - start) / delta));
  if (!(count <= static_cast<double>(largest_tensor))) {
    node.fail(fmt::format("from {} to {} in steps of {} there are more than {} numbers", start, limit, delta, largest_tensor));
  }
  std::vector<float> data(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<float>(start + static_cast<double>(i) * delta);
  const auto length = static_cast<std::int64_t>(data.size());
  alias(node, add_constant(node.proto().output(0), {length}, std::move(data)));
}

void OnnxGraph::size_of(const OnnxNode& node) {
  alias(node, add_constant(node.proto().output(0), {}, {static_cast<float>(element_count(value(input(node, 0)).shape))}));
}

void OnnxGraph::triangle(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape in = value(x).shape;
  if (in.size() < 2) node.fail(fmt::format("its input has shape {}; two axes or more are needed", shape_text(in)));
  if (in.size() == 2) keep_batch(node, x, 0, "cuts a triangle");
  const std::int64_t shift = has_input(node, 1) ? single(node, 1, "its diagonal k") : 0;
  const bool upper = node.integer("upper", 1) != 0;
  const std::int64_t rows = in[in.size() - 2], columns = in.back();
  std::vector<float> mask;
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) mask.push_back((upper ? c - r >= shift : c - r <= shift) ? 1.0F : 0.0F);
  }
  // Chosen, not multiplied: masks of minus infinity are cut this way, and 0 times infinity is no number.
  Node result =
      node_of(node, {add_constant(node.name() + ".mask", {rows, columns}, std::move(mask)), x, add_constant(node.name() + ".zero", {1}, {0.0F})});
  add(node, std::move(result), in);
}

void OnnxGraph::cumulative_sum(const OnnxNode& node) {
  const int x = input(node, 0);
  Node result = node_of(node, {x});
  result.axis = normal_axis(node, single(node, 1, "its axis"), value(x).shape.size());
  result.exclusive = node.integer("exclusive", 0) != 0;
  result.reverse = node.integer("reverse", 0) != 0;
  keep_batch(node, x, result.axis, "adds up");
  add(node, std::move(result), value(x).shape);
}

void OnnxGraph::extreme_index(const OnnxNode& node) {
  using periphery::digital::Reduction;
  const int x = input(node, 0);
  Shape out = value(x).shape;
  Node result = node_of(node, {x});
  result.axis = normal_axis(node, node.integer("axis", 0), out.size());
  result.keepdims = node.integer("keepdims", 1) != 0;
  result.reverse = node.integer("select_last_index", 0) != 0;
  result.reduction = node.proto().op_type() == "ArgMax" ? Reduction::maximum : Reduction::minimum;
  keep_batch(node, x, result.axis, "compares");
  const auto at = out.begin() + result.axis;
  if (result.keepdims) {
    *at = 1;
  } else {
    out.erase(at);
  }
  add(node, std::move(result), std::move(out));
}

void OnnxGraph::top_k(const OnnxNode& node) {
  using periphery::digital::Reduction;
  const int x = input(node, 0);
  Shape out = value(x).shape;
  Node values = node_of(node, {x});
  values.axis = normal_axis(node, node.integer("axis", -1), out.size());
  keep_batch(node, x, values.axis, "orders");
  std::int64_t& length = out[static_cast<std::size_t>(values.axis)];
  if (opset_ < 10 && !node.has("k")) node.fail("attribute 'k' is missing");
  const std::int64_t k = opset_ < 10 ? node.integer("k", 0) : single(node, 1, "its k");
  if (k < 1 || k > length) node.fail(fmt::format("its k is {} for axis {} of length {}; 1 to {} is legal", k, values.axis, length, length));
  length = k;
  values.reduction = node.integer("largest", 1) != 0 ? Reduction::maximum : Reduction::minimum;
  if (node.proto().output_size() > 1 && !node.proto().output(1).empty()) {
    Node places = values;
    places.op = Operator::top_k_indices;
    places.name += ".indices";
    const std::string& name = node.proto().output(1);
    const int made = append(node, std::move(places), out, name);
    value_by_name_[name] = made;
  }
  add(node, std::move(values), std::move(out));
}

void OnnxGraph::non_zero(const OnnxNode& node) {
  const ValueInfo& info = constant(node, 0, "its input");
  const Shape shape = info.shape.empty() ? Shape{1} : info.shape;
  std::vector<std::int64_t> found;
  for (std::size_t i = 0; i < info.data.size(); ++i) {
    if (info.data[i] != 0.0F) found.push_back(static_cast<std::int64_t>(i));
  }
  std::vector<float> data;
  std::int64_t inner = element_count(shape);
  for (const std::int64_t length : shape) {
    inner /= std::max<std::int64_t>(length, 1);
    for (const std::int64_t i : found) data.push_back(static_cast<float>(i / inner % length));
  }
  const auto rank = static_cast<std::int64_t>(shape.size()), count = static_cast<std::int64_t>(found.size());
  alias(node, add_constant(node.proto().output(0), {rank, count}, std::move(data)));
}

void OnnxGraph::blocks_to_space(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape in = value(x).shape;
  const std::int64_t size = node.integer("blocksize", 0);
  constexpr std::int64_t largest_block = 1 << 15;
  if (in.size() != 4) node.fail(fmt::format("input shape {}; batch, channels, height and width are needed", shape_text(in)));
  if (size < 1 || size > largest_block) node.fail(fmt::format("blocksize {}; 1 to {} is legal", size, largest_block));
  int step = 1;
  if (node.proto().op_type() == "SpaceToDepth") {
    if (in[2] % size != 0 || in[3] % size != 0) node.fail(fmt::format("input shape {}: {} blocks do not fill its plane", shape_text(in), size));
    const int blocks = reshape_step(node, x, {in[0], in[1], in[2] / size, size, in[3] / size, size}, step);
    const int ordered = transpose_step(node, blocks, {0, 3, 5, 1, 2, 4}, step);
    return conclude(node, reshape_step(node, ordered, {in[0], in[1] * size * size, in[2] / size, in[3] / size}, step));
  }
  const std::string mode = node.text("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") node.fail(fmt::format("mode '{}'; legal are DCR and CRD", mode));
  const std::int64_t channels = in[1] / (size * size);
  if (in[1] % (size * size) != 0) node.fail(fmt::format("input shape {}: {} channels are no multiple of {}", shape_text(in), in[1], size * size));
  const bool depth_first = mode == "DCR";
  const int blocks =
      reshape_step(node, x, depth_first ? Shape{in[0], size, size, channels, in[2], in[3]} : Shape{in[0], channels, size, size, in[2], in[3]}, step);
  const int ordered =
      transpose_step(node, blocks, depth_first ? std::vector<std::int64_t>{0, 3, 4, 1, 5, 2} : std::vector<std::int64_t>{0, 1, 4, 2, 5, 3}, step);
  conclude(node, reshape_step(node, ordered, {in[0], channels, in[2] * size, in[3] * size}, step));
}

}  // namespace mho::workloads
