#include "workloads/operators/shapes/constants.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "workloads/onnx/onnx_values.h"
#include "workloads/operators/shapes/picking.h"

namespace mho::workloads {

namespace {

int number_type(const OnnxBuilder& /*graph*/, const OnnxNode& node, int /*output*/) {
  if (node.has("value_int") || node.has("value_ints")) return int64_type;
  return node.has("value") ? node.tensor_type("value") : static_cast<int>(float32_type);
}

void import_constant(OnnxBuilder& graph, const OnnxNode& node) {
  const auto make = [&](Shape shape, std::vector<float> data) {
    const int made = graph.add_constant(node.output(0), std::move(shape), std::move(data));
    graph.name_output(node, made);
    return made;
  };
  if (auto read = node.tensor("value")) {
    graph.note_source(make(std::move(read->shape), std::move(read->data)), node.output(0), node.tensor_type("value"));
  } else if (node.has("value_float")) {
    graph.note_source(make({}, {node.real("value_float", 0)}), node.output(0), float32_type);
  } else if (node.has("value_int")) {
    make({}, {static_cast<float>(node.integer("value_int", 0))});
  } else if (node.has("value_floats")) {
    std::vector<float> floats = node.reals("value_floats");
    const auto count = static_cast<std::int64_t>(floats.size());
    graph.note_source(make({count}, std::move(floats)), node.output(0), float32_type);
  } else if (node.has("value_ints")) {
    const auto ints = node.integers("value_ints");
    make({static_cast<std::int64_t>(ints.size())}, {ints.begin(), ints.end()});
  } else {
    node.fail("holds no number; supported are the attributes value, value_float, value_floats, value_int and value_ints");
  }
}

void import_shape(OnnxBuilder& graph, const OnnxNode& node) {
  const Shape& shape = graph.value(graph.input(node, 0)).shape;
  const auto rank = static_cast<double>(shape.size());
  const auto indices = sliced(static_cast<double>(node.integer("start", 0)),
                              static_cast<double>(node.integer("end", static_cast<std::int64_t>(rank))), 1, static_cast<std::int64_t>(shape.size()));
  std::vector<float> data;
  data.reserve(indices.size());
  for (const std::int64_t axis : indices) data.push_back(static_cast<float>(shape[static_cast<std::size_t>(axis)]));
  const auto rank_of_result = static_cast<std::int64_t>(data.size());
  const int made = graph.add_constant(node.output(0), {rank_of_result}, std::move(data));
  graph.name_output(node, made);
  const auto in_batch = graph.shape_in_batch(graph.input(node, 0));
  if (!in_batch) return;
  std::vector<float> lengths;
  lengths.reserve(indices.size());
  for (const std::int64_t axis : indices) lengths.push_back(static_cast<float>((*in_batch)[static_cast<std::size_t>(axis)]));
  graph.note_in_batch(made, std::move(lengths));
}

void import_constant_of_shape(OnnxBuilder& graph, const OnnxNode& node) {
  const Shape shape = graph.constant_integers(node, 0, "its shape");
  float fill = 0.0F;
  if (const auto read = node.tensor("value")) {
    if (read->data.size() != 1) node.fail("its value must be a single number");
    fill = read->data[0];
  }
  const int made = graph.add_constant(node.output(0), shape, std::vector<float>(bounded_count(node, shape), fill));
  graph.name_output(node, made);
  const int lengths = graph.input(node, 0);
  const auto in_batch = graph.from_lengths(lengths) ? graph.numbers_in_batch(lengths) : std::nullopt;
  if (in_batch) graph.note_shape_in_batch(made, Shape(in_batch->begin(), in_batch->end()));
}

/// Number of elements from start to limit.
double range_count(double start, double limit, double delta) { return std::max(0.0, std::ceil((limit - start) / delta)); }

/// Records how many elements a Range has for a batch, if that is known.
void note_range_in_batch(OnnxBuilder& graph, const OnnxNode& node, int made) {
  std::vector<double> ends;
  for (const int index : {0, 1, 2}) {
    const auto numbers = graph.numbers_in_batch(graph.input(node, index));
    if (!numbers || numbers->size() != 1) return;
    ends.push_back(static_cast<double>(numbers->front()));
  }
  if (ends[2] == 0.0) return;
  const double count = range_count(ends[0], ends[1], ends[2]);
  if (count <= static_cast<double>(largest_tensor)) graph.note_shape_in_batch(made, {static_cast<std::int64_t>(count)});
}

void import_range(OnnxBuilder& graph, const OnnxNode& node) {
  const auto number = [&](int index, const char* what) {
    const ValueInfo& info = graph.constant(node, index, what);
    if (info.data.size() != 1) node.fail(fmt::format("{} has shape {}; a single value is needed", what, shape_text(info.shape)));
    return static_cast<double>(info.data[0]);
  };
  const double start = number(0, "its start"), limit = number(1, "its limit"), delta = number(2, "its delta");
  if (delta == 0.0) node.fail("its delta is 0, which leads nowhere");
  const double count = range_count(start, limit, delta);
  if (!(count <= static_cast<double>(largest_tensor))) {
    node.fail(fmt::format("from {} to {} in steps of {} there are more than {} numbers", start, limit, delta, largest_tensor));
  }
  std::vector<float> data(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<float>(start + static_cast<double>(i) * delta);
  const auto length = static_cast<std::int64_t>(data.size());
  const int made = graph.add_constant(node.output(0), {length}, std::move(data));
  graph.name_output(node, made);
  note_range_in_batch(graph, node, made);
}

int type_of_eye(const OnnxBuilder& graph, const OnnxNode& node, int /*output*/) {
  return static_cast<int>(node.integer("dtype", graph.element_type(node, 0)));
}

void import_eye(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape shape = graph.value(x).shape;
  if (shape.size() != 2) node.fail(fmt::format("its input has shape {}; two axes are needed", shape_text(shape)));
  for (const int axis : {0, 1}) graph.keep_batch(node, x, axis);
  const std::int64_t shift = node.integer("k", 0);
  std::vector<float> data(bounded_count(node, shape), 0.0F);
  for (std::int64_t row = 0; row < shape[0]; ++row) {
    // Diagonals beyond the matrix are empty.
    if (shift >= -row && shift < shape[1] - row) data[static_cast<std::size_t>(row * shape[1] + row + shift)] = 1.0F;
  }
  graph.name_output(node, graph.add_constant(node.output(0), shape, std::move(data)));
}

void import_size(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0), made = graph.add_constant(node.output(0), {}, {static_cast<float>(element_count(graph.value(x).shape))});
  graph.name_output(node, made);
  const auto in_batch = graph.shape_in_batch(x);
  if (in_batch) graph.note_in_batch(made, {static_cast<float>(element_count(*in_batch))});
}

void import_non_zero(OnnxBuilder& graph, const OnnxNode& node) {
  const ValueInfo& info = graph.constant(node, 0, "its input");
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
  graph.name_output(node, graph.add_constant(node.output(0), {rank, count}, std::move(data)));
}

}  // namespace

const OperatorFamily& constant_family() {
  static const OperatorFamily family{"constants",
                                     {},
                                     {{.op_type = "Constant", .import = import_constant, .element_type = number_type},
                                      {.op_type = "ConstantOfShape", .import = import_constant_of_shape, .element_type = number_type},
                                      {.op_type = "EyeLike", .import = import_eye, .element_type = type_of_eye},
                                      {.op_type = "NonZero", .import = import_non_zero, .element_type = index_type},
                                      {.op_type = "Range", .import = import_range},
                                      {.op_type = "Shape", .import = import_shape, .element_type = index_type},
                                      {.op_type = "Size", .import = import_size, .element_type = index_type}}};
  return family;
}

}  // namespace mho::workloads
