#include "workloads/operators/elements/binary.h"

#include <fmt/format.h>

#include "periphery/digital/elementwise.h"
#include "workloads/graph/initializer_source.h"
#include "workloads/onnx/onnx_bias.h"
#include "workloads/onnx/onnx_values.h"
#include "workloads/operators/elements/functions.h"
#include "workloads/operators/shapes/views.h"

namespace mho::workloads {

namespace {

namespace digital = periphery::digital;

void run_binary(const Operands& in, std::span<float> y) {
  digital::binary(in.node.as<Binary>().operation, in.inputs[0], in.shape(0), in.inputs[1], in.shape(1), y, in.output_shape());
}

std::int64_t binary_operations(const Network& /*network*/, const Node& node) {
  switch (node.as<Binary>().operation) {
    case digital::Binary::modulo:
    case digital::Binary::remainder:
      return 3;  // division, product, difference
    case digital::Binary::power:
      return 2 * exponential_operations;  // logarithm, product, exponential
    default:
      return 1;
  }
}

bool always(const Network& /*network*/, const Node& /*node*/) { return true; }

/// Origin of the result of a tensor and a single number.
InitializerSource origin_of_binary(const Network& network, const Node& node, std::size_t count) {
  const ValueInfo& a = network.values[static_cast<std::size_t>(node.inputs[0])];
  const ValueInfo& b = network.values[static_cast<std::size_t>(node.inputs[1])];
  const bool first = b.data.size() == 1 && a.data.size() == count && a.origin.known();
  const bool second = !first && a.data.size() == 1 && b.data.size() == count && b.origin.known();
  if (!first && !second) return {};
  InitializerSource result = first ? a.origin : b.origin;
  const float number = first ? b.data[0] : a.data[0];
  const std::vector<float> term{number}, opposite{-number};
  switch (node.as<Binary>().operation) {
    case digital::Binary::mul:
      scale(result, number);
      return result;
    case digital::Binary::div:
      if (second) return {};
      scale(result, 1.0F / number);
      return result;
    case digital::Binary::add:
      shift(result, term);
      return result;
    case digital::Binary::sub:
      if (second) scale(result, -1.0F);
      shift(result, second ? term : opposite);
      return result;
    default:
      return {};
  }
}

/// The second operand, aligned to the last axes of the first. Before operator set 7, attribute `axis` gives the axis at which it begins.
int second_operand(OnnxBuilder& graph, const OnnxNode& node) {
  const int b = graph.input(node, 1);
  constexpr std::int64_t numpy_broadcasting = 7;
  if (graph.opset() >= numpy_broadcasting || !node.has("axis") || node.integer("broadcast", 0) == 0) return b;
  const std::size_t rank = graph.value(graph.input(node, 0)).shape.size();
  const auto axis = static_cast<std::size_t>(normal_axis(node, node.integer("axis", 0), rank));
  Shape lined_up = graph.value(b).shape;
  if (axis + lined_up.size() > rank) {
    node.fail(fmt::format("its second input of shape {} does not fit behind axis {} of {} axes", shape_text(lined_up), axis, rank));
  }
  lined_up.resize(rank - axis, 1);
  int step = 0;  // numbered before the steps of the operator itself
  return reshape_step(graph, node, b, std::move(lined_up), step);
}

void import_binary(OnnxBuilder& graph, const OnnxNode& node, digital::Binary operation) {
  const int a = graph.input(node, 0), b = second_operand(graph, node);
  graph.add(node, binary_node(node, operation, a, b), broadcast(node, graph.value(a).shape, graph.value(b).shape));
}

/// Import of operators that need no other steps.
template <digital::Binary operation>
void import_plain(OnnxBuilder& graph, const OnnxNode& node) {
  import_binary(graph, node, operation);
}

void import_add(OnnxBuilder& graph, const OnnxNode& node) {
  const int a = graph.input(node, 0), b = second_operand(graph, node);
  Shape out = broadcast(node, graph.value(a).shape, graph.value(b).shape);
  if (b == graph.input(node, 1) && fold_bias(graph, node)) return;
  graph.add(node, binary_node(node, digital::Binary::add, a, b), std::move(out));
}

void import_div(OnnxBuilder& graph, const OnnxNode& node) {
  if (!is_whole(graph.element_type(node, 0))) return import_binary(graph, node, digital::Binary::div);
  // A division of integers discards the remainder.
  const int a = graph.input(node, 0), b = second_operand(graph, node);
  int step = 1;
  const int quotient = binary_step(graph, node, digital::Binary::div, a, b, step);
  conclude(graph, node, function_step(graph, node, digital::Function::truncate, quotient, step));
}

void import_mod(OnnxBuilder& graph, const OnnxNode& node) {
  const int a = graph.input(node, 0), b = graph.input(node, 1);
  const bool by_dividend = node.integer("fmod", 0) != 0;
  if (!by_dividend && graph.element_type(node, 0) != 0 && !is_whole(graph.element_type(node, 0))) {
    node.fail(fmt::format("fmod 0 is for whole numbers only, and its input is {}; with fmod 1 any number is legal",
                          type_name(graph.element_type(node, 0))));
  }
  const auto operation = by_dividend ? digital::Binary::remainder : digital::Binary::modulo;
  graph.add(node, binary_node(node, operation, a, b), broadcast(node, graph.value(a).shape, graph.value(b).shape));
}

/// Combines the inputs two at a time from the left. A mean is divided at the end.
void import_several(OnnxBuilder& graph, const OnnxNode& node, digital::Binary operation, bool mean) {
  const int count = node.input_count();
  int left = graph.input(node, 0);
  if (count == 1) return graph.name_output(node, left);
  int step = 1;
  for (int k = 1; k < count; ++k) {
    const int right = graph.input(node, k);
    Node made = binary_node(node, operation, left, right);
    Shape out = broadcast(node, graph.value(left).shape, graph.value(right).shape);
    if (k + 1 == count && !mean) return graph.add(node, std::move(made), std::move(out));
    left = graph.add_step(node, std::move(made), std::move(out), step);
  }
  const int divisor = graph.add_constant(node.name() + ".count", {1}, {static_cast<float>(count)});
  graph.add(node, binary_node(node, digital::Binary::div, left, divisor), graph.value(left).shape);
}

void import_max(OnnxBuilder& graph, const OnnxNode& node) { import_several(graph, node, digital::Binary::maximum, false); }
void import_min(OnnxBuilder& graph, const OnnxNode& node) { import_several(graph, node, digital::Binary::minimum, false); }
void import_sum(OnnxBuilder& graph, const OnnxNode& node) { import_several(graph, node, digital::Binary::add, false); }
void import_mean(OnnxBuilder& graph, const OnnxNode& node) { import_several(graph, node, digital::Binary::add, true); }

void import_prelu(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  int slope = graph.input(node, 1);
  const Shape &in = graph.value(x).shape, &slopes = graph.value(slope).shape;
  // Before operator set 7, a list of slopes applied to the channels.
  if (graph.opset() < 7 && slopes.size() == 1 && in.size() > 2 && slopes[0] == in[1]) {
    Shape along(in.size() - 1, 1);
    along[0] = in[1];
    int step = 0;
    slope = reshape_step(graph, node, slope, std::move(along), step);
  }
  const Shape out = broadcast(node, graph.value(x).shape, graph.value(slope).shape);
  if (out != graph.value(x).shape)
    node.fail(fmt::format("the slope of shape {} does not broadcast to the input's {}", shape_text(graph.value(slope).shape), shape_text(out)));
  graph.add(node, binary_node(node, digital::Binary::parametric_relu, x, slope), out);
}

void import_expand(OnnxBuilder& graph, const OnnxNode& node) {
  // Adding zeros of the target shape repeats the input along its axes of length 1.
  const int x = graph.input(node, 0);
  Shape shape = graph.constant_integers(node, 1, "its shape");
  const std::size_t axes = graph.value(x).shape.size();
  if (const auto batch = graph.batch_of(x); batch && graph.file_batch() > 1) {
    const std::int64_t axis = batch->axis + static_cast<std::int64_t>(shape.size()) - static_cast<std::int64_t>(axes);
    if (axis >= 0 && graph.value(x).shape[static_cast<std::size_t>(batch->axis)] == 1) {
      if (std::int64_t& length = shape[static_cast<std::size_t>(axis)]; length == graph.file_batch()) length = 1;
    }
  }
  const Shape out = broadcast(node, graph.value(x).shape, shape);
  const int zeros = graph.add_constant(node.name() + ".zeros", shape, std::vector<float>(bounded_count(node, shape), 0.0F));
  graph.add(node, node_of(node, expansion_operator, Binary{digital::Binary::add}, {x, zeros}), out);
}

}  // namespace

constinit const Operator binary_operator{.name = "binary",
                                         .run = run_binary,
                                         .leading = LeadingAxis::any,
                                         .count = binary_operations,
                                         .access = Access::position,
                                         .elementwise = Elementwise::binary,
                                         .origin = origin_of_binary};
constinit const Operator trained_binary_operator{.name = "trained_binary",
                                                 .run = run_binary,
                                                 .leading = LeadingAxis::any,
                                                 .access = Access::position,
                                                 .elementwise = Elementwise::binary,
                                                 .origin = origin_of_binary,
                                                 .trained = TrainedConstants::vectors};
constinit const Operator expansion_operator{.name = "expansion",
                                            .run = run_binary,
                                            .leading = LeadingAxis::any,
                                            .access = Access::position,
                                            .elementwise = Elementwise::binary,
                                            .repeats = always,
                                            .origin = origin_of_binary,
                                            .trained = TrainedConstants::vectors};

const OperatorFamily& binary_family() {
  using digital::Binary;
  static const OperatorFamily family{"binary",
                                     {&binary_operator, &trained_binary_operator, &expansion_operator},
                                     {{.op_type = "Add", .import = import_add, .trained_vectors = 0b11},
                                      {.op_type = "And", .import = import_plain<Binary::both>, .element_type = truth_type},
                                      {.op_type = "Div", .import = import_div},
                                      {.op_type = "Equal", .import = import_plain<Binary::equal>, .element_type = truth_type},
                                      {.op_type = "Expand", .import = import_expand},
                                      {.op_type = "Greater", .import = import_plain<Binary::greater>, .element_type = truth_type},
                                      {.op_type = "GreaterOrEqual", .import = import_plain<Binary::greater_or_equal>, .element_type = truth_type},
                                      {.op_type = "Less", .import = import_plain<Binary::less>, .element_type = truth_type},
                                      {.op_type = "LessOrEqual", .import = import_plain<Binary::less_or_equal>, .element_type = truth_type},
                                      {.op_type = "Max", .import = import_max},
                                      {.op_type = "Mean", .import = import_mean},
                                      {.op_type = "Min", .import = import_min},
                                      {.op_type = "Mod", .import = import_mod},
                                      {.op_type = "Mul", .import = import_plain<Binary::mul>, .trained_vectors = 0b11},
                                      {.op_type = "Or", .import = import_plain<Binary::either>, .element_type = truth_type},
                                      {.op_type = "PRelu", .import = import_prelu, .trained_inputs = 0b10},
                                      {.op_type = "Pow", .import = import_plain<Binary::power>},
                                      {.op_type = "Sub", .import = import_plain<Binary::sub>},
                                      {.op_type = "Sum", .import = import_sum},
                                      {.op_type = "Xor", .import = import_plain<Binary::exclusive_or>, .element_type = truth_type}},
                                     0};
  return family;
}

Node binary_node(const OnnxNode& node, digital::Binary operation, int a, int b) {
  const bool trained = operation == digital::Binary::add || operation == digital::Binary::mul;
  return node_of(node, trained ? trained_binary_operator : binary_operator, Binary{operation}, {a, b});
}

int binary_step(OnnxBuilder& graph, const OnnxNode& node, digital::Binary operation, int a, int b, int& step) {
  return graph.add_step(node, binary_node(node, operation, a, b), broadcast(node, graph.value(a).shape, graph.value(b).shape), step);
}

}  // namespace mho::workloads
