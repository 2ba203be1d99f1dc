// Whole numbers with a scale, made of divisions, roundings and products, so that weights stored this way fold into constants.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "workloads/onnx/onnx_graph.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {

namespace {

std::optional<std::pair<float, float>> limits_of(int type) {
  switch (type) {
    case onnx::TensorProto::UINT8:
      return std::pair(0.0F, 255.0F);
    case onnx::TensorProto::INT8:
      return std::pair(-128.0F, 127.0F);
    case onnx::TensorProto::UINT16:
      return std::pair(0.0F, 65535.0F);
    case onnx::TensorProto::INT16:
      return std::pair(-32768.0F, 32767.0F);
    default:
      return std::nullopt;
  }
}

}  // namespace

int OnnxGraph::spread(const OnnxNode& node, int parameter, int x, const std::string& what, int& step) {
  int made = input(node, parameter);
  const Shape in = value(x).shape, shape = value(made).shape;
  if (element_count(shape) == 1 && shape.size() <= 1) return made;
  const auto axis = static_cast<std::size_t>(normal_axis(node, node.integer("axis", 1), in.size()));
  const std::int64_t block = node.integer("block_size", 0);
  if (block == 0) {
    if (shape != Shape{in[axis]}) {
      node.fail(fmt::format("its {} has shape {}; a single value, or one for each of the {} along axis {} of its input of shape {}, are needed", what,
                            shape_text(shape), in[axis], axis, shape_text(in)));
    }
    Shape along(in.size() - axis, 1);
    along[0] = in[axis];
    return reshape_step(node, made, std::move(along), step);
  }
  Shape blocks = in;
  if (block > 0) blocks[axis] = (in[axis] + block - 1) / block;
  if (block < 0 || shape != blocks) {
    node.fail(fmt::format("its {} has shape {}; blocks of {} along axis {} of its input of shape {} need {}", what, shape_text(shape), block, axis,
                          shape_text(in), shape_text(blocks)));
  }
  keep_batch(node, made, static_cast<int>(axis), "repeats a scale");
  std::vector<std::int64_t> indices;
  for (std::int64_t i = 0; i < in[axis]; ++i) indices.push_back(i / block);
  return take_step(node, made, static_cast<int>(axis), std::move(indices), step);
}

void OnnxGraph::quantise(const OnnxNode& node) {
  int x = input(node, 0);
  const auto wanted = static_cast<int>(node.integer("output_dtype", 0));
  const int type = has_input(node, 2) ? element_type(node, 2) : wanted != 0 ? wanted : static_cast<int>(onnx::TensorProto::UINT8);
  const auto limits = limits_of(type);
  if (!limits) node.fail(fmt::format("it makes numbers of type {}, which is not supported; uint8, int8, uint16 and int16 are", type_name(type)));
  int step = 1;
  const Shape shape = value(x).shape;
  const int scale = spread(node, 1, x, "scale", step);
  const int zero = has_input(node, 2) ? spread(node, 2, x, "zero point", step) : -1;
  x = binary_step(node, Operator::div, x, scale, step);
  x = function_step(node, periphery::digital::Function::round, x, step);
  if (zero >= 0) x = binary_step(node, Operator::add, x, zero, step);
  Node clip = node_of(node, {x});
  clip.op = Operator::clip;
  clip.minimum = limits->first;
  clip.maximum = limits->second;
  add(node, std::move(clip), shape);
}

void OnnxGraph::dequantise(const OnnxNode& node) {
  int x = input(node, 0);
  int step = 1;
  const int scale = spread(node, 1, x, "scale", step);
  if (has_input(node, 2)) x = binary_step(node, Operator::sub, x, spread(node, 2, x, "zero point", step), step);
  conclude(node, binary_step(node, Operator::mul, x, scale, step));
}

}  // namespace mho::workloads
