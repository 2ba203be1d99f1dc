// Operators that exporters write around shapes and indices. Shapes are static here, so most of them fold away; what is left picks elements.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "workloads/onnx/onnx_graph.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {

namespace {

/// Indices begin, begin + step, ... before end, as ONNX Slice counts them on an axis of `length`.
std::vector<std::int64_t> sliced(double begin, double end, double step, std::int64_t length) {
  const auto size = static_cast<double>(length);
  // Ends may be as large as an int64 holds; clamped to the axis they are whole numbers again.
  const auto place = [&](double at, double least, double most) {
    return static_cast<std::int64_t>(std::clamp(at < 0 ? at + size : at, least, most));
  };
  const auto stride = static_cast<std::int64_t>(std::clamp(step, -size - 1, size + 1));
  std::vector<std::int64_t> indices;
  if (stride > 0) {
    const std::int64_t last = place(end, 0, size);
    for (std::int64_t at = place(begin, 0, size); at < last; at += stride) indices.push_back(at);
  } else {
    const std::int64_t last = place(end, -1, size - 1);
    for (std::int64_t at = place(begin, -1, size - 1); at > last; at += stride) indices.push_back(at);
  }
  return indices;
}

/// Elements of a shape that the file gives as numbers, which may be anything.
std::size_t bounded_count(const OnnxNode& node, const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t length : shape) {
    if (length < 0) node.fail(fmt::format("shape {} has a negative length", shape_text(shape)));
    if (length != 0 && count > largest_tensor / length)
      node.fail(fmt::format("shape {} has more than {} elements", shape_text(shape), largest_tensor));
    count *= length;
  }
  return static_cast<std::size_t>(count);
}

}  // namespace

int OnnxGraph::take(const OnnxNode& node, int x, int axis, std::vector<std::int64_t> indices, const std::string& name) {
  const Shape& in = value(x).shape;
  if (is_batch(x, axis) && indices != std::vector<std::int64_t>{0}) {
    node.fail(fmt::format("it picks along axis {}, which is the batch, and that is not supported", axis));
  }
  Shape out = in;
  out[static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(indices.size());
  Node result = node_of(node, {x});
  // The whole of an axis, as where exporters pick the only direction of a recurrent layer.
  std::vector<std::int64_t> all(static_cast<std::size_t>(in[static_cast<std::size_t>(axis)]));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  result.op = indices == all ? Operator::identity : Operator::take;
  result.axis = axis;
  result.axes = std::move(indices);
  if (name != node.proto().output(0)) result.name = name;
  return append(node, std::move(result), std::move(out), name);
}

void OnnxGraph::shape_of(const OnnxNode& node) {
  const Shape& shape = value(input(node, 0)).shape;
  const auto rank = static_cast<double>(shape.size());
  const auto indices = sliced(static_cast<double>(node.integer("start", 0)),
                              static_cast<double>(node.integer("end", static_cast<std::int64_t>(rank))), 1, static_cast<std::int64_t>(shape.size()));
  std::vector<float> data;
  data.reserve(indices.size());
  for (const std::int64_t axis : indices) data.push_back(static_cast<float>(shape[static_cast<std::size_t>(axis)]));
  const auto rank_of_result = static_cast<std::int64_t>(data.size());
  alias(node, add_constant(node.proto().output(0), {rank_of_result}, std::move(data)));
}

void OnnxGraph::gather(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape in = value(x).shape;
  const int axis = normal_axis(node, node.integer("axis", 0), in.size());
  const int ids = input(node, 1);
  if (!value(ids).constant) {
    if (axis != 0 || !value(x).constant) node.fail("picks by computed indices from a tensor that is no constant table, which is not supported");
    Shape out = value(ids).shape;
    out.insert(out.end(), in.begin() + 1, in.end());
    Node result = node_of(node, {ids, x});
    result.op = Operator::embed;
    return add(node, std::move(result), std::move(out));
  }
  const ValueInfo& list = constant(node, 1, "its indices");
  const std::int64_t length = in[static_cast<std::size_t>(axis)];
  std::vector<std::int64_t> indices;
  for (const float raw : list.data) {
    const double number = raw;
    if (!(number >= -static_cast<double>(length) && number < static_cast<double>(length)) || number != std::trunc(number)) {
      node.fail(fmt::format("index {} is outside axis {} of its input of shape {}", raw, axis, shape_text(in)));
    }
    const auto index = static_cast<std::int64_t>(number);
    indices.push_back(index < 0 ? index + length : index);
  }
  const Shape index_shape = list.shape;
  Shape out(in.begin(), in.begin() + axis);
  out.insert(out.end(), index_shape.begin(), index_shape.end());
  out.insert(out.end(), in.begin() + axis + 1, in.end());
  if (index_shape.size() == 1) {
    value_by_name_[node.proto().output(0)] = take(node, x, axis, std::move(indices), node.proto().output(0));
    return;
  }
  const int picked = take(node, x, axis, std::move(indices), node.name() + ".step1");
  Node result = node_of(node, {picked});
  result.op = Operator::reshape;
  add(node, std::move(result), std::move(out));
}

void OnnxGraph::slice(const OnnxNode& node) {
  int x = input(node, 0);
  const Shape in = value(x).shape;
  const auto numbers = [&](int index, const char* attribute) {
    std::vector<double> list;
    if (opset_ < 10) {
      for (const std::int64_t v : node.integers(attribute)) list.push_back(static_cast<double>(v));
    } else if (has_input(node, index)) {
      for (const float v : constant(node, index, attribute).data) {
        if (!std::isfinite(v) || v != std::trunc(v)) node.fail(fmt::format("{} holds {}, which is no whole number", attribute, v));
        list.push_back(static_cast<double>(v));
      }
    }
    return list;
  };
  const auto begins = numbers(1, "starts");
  const auto ends = numbers(2, "ends");
  auto axes = numbers(3, "axes");
  auto steps = numbers(4, "steps");
  if (axes.empty()) {
    axes.resize(begins.size());
    std::iota(axes.begin(), axes.end(), 0.0);
  }
  if (steps.empty()) steps.assign(begins.size(), 1.0);
  if (begins.empty() || ends.size() != begins.size() || axes.size() != begins.size() || steps.size() != begins.size()) {
    node.fail("its starts, ends, axes and steps are not equally many");
  }
  for (std::size_t k = 0; k < begins.size(); ++k) {
    const int axis = normal_axis(node, static_cast<std::int64_t>(std::clamp(axes[k], -0x1p31, 0x1p31)), in.size());
    if (steps[k] == 0) node.fail("a step of 0 leads nowhere");
    auto indices = sliced(begins[k], ends[k], steps[k], in[static_cast<std::size_t>(axis)]);
    const bool last = k + 1 == begins.size();
    x = take(node, x, axis, std::move(indices), last ? node.proto().output(0) : fmt::format("{}.step{}", node.name(), k + 1));
  }
  value_by_name_[node.proto().output(0)] = x;
}

void OnnxGraph::split(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape in = value(x).shape;
  const int axis = normal_axis(node, node.integer("axis", 0), in.size());
  const std::int64_t length = in[static_cast<std::size_t>(axis)];
  const int parts = node.proto().output_size();
  std::vector<std::int64_t> sizes = opset_ < 13 ? node.integers("split") : std::vector<std::int64_t>();
  if (opset_ >= 13 && has_input(node, 1)) sizes = constant_integers(node, 1, "split");
  if (sizes.empty()) {
    const std::int64_t each = (length + parts - 1) / parts;
    for (int k = 0; k < parts; ++k) sizes.push_back(std::min(each, length - k * each));
  }
  if (static_cast<int>(sizes.size()) != parts || std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}) != length) {
    node.fail(fmt::format("its {} parts do not make up axis {} of length {}", sizes.size(), axis, length));
  }
  std::int64_t begin = 0;
  for (int k = 0; k < parts; ++k) {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(std::max<std::int64_t>(sizes[static_cast<std::size_t>(k)], 0)));
    std::iota(indices.begin(), indices.end(), begin);
    begin += sizes[static_cast<std::size_t>(k)];
    const std::string& name = node.proto().output(k);
    if (name.empty()) continue;
    const int made = take(node, x, axis, std::move(indices), name);
    value_by_name_[name] = made;
  }
}

void OnnxGraph::constant_of_shape(const OnnxNode& node) {
  const Shape shape = constant_integers(node, 0, "its shape");
  float fill = 0.0F;
  if (const auto* tensor = node.find("value")) {
    const OnnxTensor read = read_tensor(tensor->t(), node.where());
    if (read.data.size() != 1) node.fail("its value must be a single number");
    fill = read.data[0];
  }
  alias(node, add_constant(node.proto().output(0), shape, std::vector<float>(bounded_count(node, shape), fill)));
}

void OnnxGraph::expand(const OnnxNode& node) {
  // Adding zeros of the wanted shape repeats the input along its axes of length 1.
  const int x = input(node, 0);
  const Shape shape = constant_integers(node, 1, "its shape");
  const Shape out = broadcast(node, value(x).shape, shape);
  const int zeros = add_constant(node.name() + ".zeros", shape, std::vector<float>(bounded_count(node, shape), 0.0F));
  Node result = node_of(node, {x, zeros});
  result.op = Operator::add;
  add(node, std::move(result), out);
}

void OnnxGraph::cast(const OnnxNode& node) {
  const int x = input(node, 0);
  const std::int64_t to = node.integer("to", onnx::TensorProto::FLOAT);
  using Type = onnx::TensorProto;
  const bool real = to == Type::FLOAT || to == Type::DOUBLE || to == Type::FLOAT16 || to == Type::BFLOAT16;
  if (!real && !is_whole(static_cast<int>(to)) && to != Type::BOOL) {
    node.fail(fmt::format("it casts to {}, which is not supported; floating point, whole numbers and bool are", type_name(static_cast<int>(to))));
  }
  const int from = element_type(node, 0);
  if (real || from == Type::BOOL || (is_whole(from) && is_whole(static_cast<int>(to)))) return conclude(node, x);
  using periphery::digital::Function;
  int step = 1;
  conclude(node, function_step(node, to == Type::BOOL ? Function::truth : Function::truncate, x, step));
}

void OnnxGraph::where(const OnnxNode& node) {
  const int condition = input(node, 0), a = input(node, 1), b = input(node, 2);
  Shape out = broadcast(node, broadcast(node, value(condition).shape, value(a).shape), value(b).shape);
  add(node, node_of(node, {condition, a, b}), std::move(out));
}

}  // namespace mho::workloads
