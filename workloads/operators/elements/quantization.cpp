#include "workloads/operators/elements/quantization.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/onnx/onnx_values.h"
#include "workloads/operators/elements/binary.h"
#include "workloads/operators/elements/functions.h"
#include "workloads/operators/shapes/picking.h"
#include "workloads/operators/shapes/views.h"

namespace mho::workloads {

namespace {

namespace digital = periphery::digital;

int quantized_type(const OnnxBuilder& graph, const OnnxNode& node, int /*output*/) {
  const auto wanted = static_cast<int>(node.integer("output_dtype", 0));
  const int type = wanted != 0 ? wanted : graph.element_type(node, 2);
  return type == 0 ? static_cast<int>(uint8_type) : type;
}

int spread(OnnxBuilder& graph, const OnnxNode& node, int parameter, int x, const std::string& what, int& step) {
  int made = graph.input(node, parameter);
  const Shape in = graph.value(x).shape, shape = graph.value(made).shape;
  if (element_count(shape) == 1 && shape.size() <= std::max<std::size_t>(in.size(), 1)) return made;
  const auto axis = static_cast<std::size_t>(normal_axis(node, node.integer("axis", 1), in.size()));
  const std::int64_t block = node.integer("block_size", 0);
  if (block == 0) {
    if (shape != Shape{in[axis]}) {
      node.fail(fmt::format("its {} has shape {}; a single value, or one for each of the {} along axis {} of its input of shape {}, are needed", what,
                            shape_text(shape), in[axis], axis, shape_text(in)));
    }
    Shape along(in.size() - axis, 1);
    along[0] = in[axis];
    return reshape_step(graph, node, made, std::move(along), step);
  }
  Shape blocks = in;
  if (block > 0) blocks[axis] = (in[axis] + block - 1) / block;
  if (block < 0 || shape != blocks) {
    node.fail(fmt::format("its {} has shape {}; blocks of {} along axis {} of its input of shape {} need {}", what, shape_text(shape), block, axis,
                          shape_text(in), shape_text(blocks)));
  }
  std::vector<std::int64_t> indices;
  for (std::int64_t i = 0; i < in[axis]; ++i) indices.push_back(i / block);
  return take_step(graph, node, made, static_cast<int>(axis), std::move(indices), step);
}

void import_quantize(OnnxBuilder& graph, const OnnxNode& node) {
  int x = graph.input(node, 0);
  const auto wanted = static_cast<int>(node.integer("output_dtype", 0));
  const int type = graph.has_input(node, 2) ? graph.element_type(node, 2) : wanted != 0 ? wanted : static_cast<int>(uint8_type);
  const auto limits = quantized_range(type);
  if (!limits) node.fail(fmt::format("it makes numbers of type {}, which is not supported; uint8, int8, uint16 and int16 are", type_name(type)));
  int step = 1;
  const Shape shape = graph.value(x).shape;
  const int scale = spread(graph, node, 1, x, "scale", step);
  const int zero = graph.has_input(node, 2) ? spread(graph, node, 2, x, "zero point", step) : -1;
  x = binary_step(graph, node, digital::Binary::div, x, scale, step);
  x = function_step(graph, node, digital::Function::round, x, step);
  if (zero >= 0) x = binary_step(graph, node, digital::Binary::add, x, zero, step);
  graph.add(node, node_of(node, clip_operator, Clip{limits->first, limits->second}, {x}), shape);
}

void import_dequantize(OnnxBuilder& graph, const OnnxNode& node) {
  int x = graph.input(node, 0);
  int step = 1;
  const int scale = spread(graph, node, 1, x, "scale", step);
  if (graph.has_input(node, 2)) x = binary_step(graph, node, digital::Binary::sub, x, spread(graph, node, 2, x, "zero point", step), step);
  conclude(graph, node, binary_step(graph, node, digital::Binary::mul, x, scale, step));
}

}  // namespace

const OperatorFamily& quantization_family() {
  static const OperatorFamily family{"quantization",
                                     {},
                                     {{.op_type = "QuantizeLinear", .import = import_quantize, .element_type = quantized_type},
                                      {.op_type = "DequantizeLinear", .import = import_dequantize, .element_type = type_of_second}}};
  return family;
}

}  // namespace mho::workloads
