#include "workloads/operators/elements/functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "periphery/digital/elementwise.h"
#include "periphery/digital/functions.h"
#include "workloads/onnx/onnx_values.h"
#include "workloads/operators/shapes/views.h"

namespace mho::workloads {

namespace {

namespace digital = periphery::digital;

void run_relu(const Operands& in, std::span<float> y) { digital::relu(in.inputs[0], y); }
void run_sigmoid(const Operands& in, std::span<float> y) { digital::sigmoid(in.inputs[0], y); }
void run_tanh(const Operands& in, std::span<float> y) { digital::tanh(in.inputs[0], y); }

void run_function(const Operands& in, std::span<float> y) {
  const digital::Activation& of = in.node.as<ElementFunction>().of;
  digital::apply(of.function, of.alpha, of.beta, in.inputs[0], y);
}

void run_clip(const Operands& in, std::span<float> y) {
  const auto& [minimum, maximum] = in.node.as<Clip>();
  digital::clip(in.inputs[0], minimum, maximum, y);
}

std::int64_t function_operations(digital::Function function) {
  using digital::Function;
  switch (function) {
    case Function::abs:
    case Function::negative:
    case Function::negation:
    case Function::floor:
    case Function::ceil:
    case Function::round:
    case Function::truncate:
    case Function::truth:
    case Function::thresholded_relu:
    case Function::relu:
    case Function::is_nan:
    case Function::is_infinite:
      return 1;
    case Function::affine:
    case Function::sign:
    case Function::leaky_relu:
    case Function::square_root:
    case Function::reciprocal:
      return 2;
    case Function::softsign:
    case Function::hard_sigmoid:
    case Function::hard_swish:
      return 4;
    case Function::exponential:
    case Function::logarithm:
      return exponential_operations;
    case Function::sigmoid:
    case Function::tanh:
      return exponential_operations + 2;
    case Function::scaled_tanh:
    case Function::sine:
    case Function::cosine:
    case Function::tangent:
    case Function::celu:
    case Function::elu:
    case Function::selu:
    case Function::erf:
    case Function::gelu:
    case Function::gelu_tanh:
      return exponential_operations + 4;
    case Function::softplus:
      return 2 * exponential_operations;
    case Function::mish:
      return 3 * exponential_operations;
  }
  return exponential_operations;
}

std::int64_t functions_operations(const Network& /*network*/, const Node& node) {
  return function_operations(node.as<ElementFunction>().of.function);
}

template <Nonlinearity::Kind kind>
void import_nonlinearity(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Operator& op = kind == Nonlinearity::Kind::relu ? relu_operator : kind == Nonlinearity::Kind::sigmoid ? sigmoid_operator : tanh_operator;
  graph.add(node, node_of(node, op, Nonlinearity{kind}, {x}), graph.value(x).shape);
}

/// Functions of ONNX with the constants that apply if the file gives none.
struct NamedFunction {
  std::string_view op_type;
  digital::Activation otherwise;
};

constexpr NamedFunction named_functions[] = {
    {"Abs", {digital::Function::abs, 0.0F, 0.0F}},
    {"Ceil", {digital::Function::ceil, 0.0F, 0.0F}},
    {"Celu", {digital::Function::celu, 1.0F, 0.0F}},
    {"Cos", {digital::Function::cosine, 0.0F, 0.0F}},
    {"Elu", {digital::Function::elu, 1.0F, 0.0F}},
    {"Erf", {digital::Function::erf, 0.0F, 0.0F}},
    {"Exp", {digital::Function::exponential, 0.0F, 0.0F}},
    {"IsInf", {digital::Function::is_infinite, 1.0F, 1.0F}},
    {"IsNaN", {digital::Function::is_nan, 0.0F, 0.0F}},
    {"Tan", {digital::Function::tangent, 0.0F, 0.0F}},
    {"Floor", {digital::Function::floor, 0.0F, 0.0F}},
    {"Gelu", {digital::Function::gelu, 0.0F, 0.0F}},
    {"HardSigmoid", {digital::Function::hard_sigmoid, 0.2F, 0.5F}},
    {"HardSwish", {digital::Function::hard_swish, 0.0F, 0.0F}},
    {"LeakyRelu", {digital::Function::leaky_relu, 0.01F, 0.0F}},
    {"Log", {digital::Function::logarithm, 0.0F, 0.0F}},
    {"Mish", {digital::Function::mish, 0.0F, 0.0F}},
    {"Neg", {digital::Function::negative, 0.0F, 0.0F}},
    {"Not", {digital::Function::negation, 0.0F, 0.0F}},
    {"Reciprocal", {digital::Function::reciprocal, 0.0F, 0.0F}},
    {"Round", {digital::Function::round, 0.0F, 0.0F}},
    {"Selu", {digital::Function::selu, 1.67326319217681884765625F, 1.05070102214813232421875F}},
    {"Sign", {digital::Function::sign, 0.0F, 0.0F}},
    {"Sin", {digital::Function::sine, 0.0F, 0.0F}},
    {"Softplus", {digital::Function::softplus, 0.0F, 0.0F}},
    {"Softsign", {digital::Function::softsign, 0.0F, 0.0F}},
    {"Sqrt", {digital::Function::square_root, 0.0F, 0.0F}},
    {"ThresholdedRelu", {digital::Function::thresholded_relu, 1.0F, 0.0F}},
};

void import_function(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const auto& otherwise = std::ranges::find(named_functions, node.op_type(), &NamedFunction::op_type)->otherwise;
  digital::Activation of = otherwise;
  if (of.function == digital::Function::is_infinite) {
    of.alpha = static_cast<float>(node.integer("detect_positive", 1) != 0);
    of.beta = static_cast<float>(node.integer("detect_negative", 1) != 0);
    return graph.add(node, node_of(node, function_operator, ElementFunction{of}, {x}), graph.value(x).shape);
  }
  of.alpha = node.real("alpha", otherwise.alpha);
  of.beta = node.real(of.function == digital::Function::selu ? "gamma" : "beta", otherwise.beta);
  if (of.function == digital::Function::gelu && node.text("approximate", "none") == "tanh") of.function = digital::Function::gelu_tanh;
  if (of.function == digital::Function::celu && of.alpha == 0.0F) node.fail("its alpha is 0, by which it divides; any other number is legal");
  graph.add(node, node_of(node, function_operator, ElementFunction{of}, {x}), graph.value(x).shape);
}

void import_clip(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const auto limit = [&](int index, const std::string& name, float otherwise) {
    if (graph.opset() < 11) return node.real(name, otherwise);
    if (!graph.has_input(node, index)) return otherwise;
    const ValueInfo& info = graph.constant(node, index, name);
    if (info.data.size() != 1) node.fail(fmt::format("{} has shape {}; a single value is needed", name, shape_text(info.shape)));
    return info.data[0];
  };
  const float minimum = limit(1, "min", std::numeric_limits<float>::lowest()), maximum = limit(2, "max", std::numeric_limits<float>::max());
  graph.add(node, node_of(node, clip_operator, Clip{minimum, maximum}, {x}), graph.value(x).shape);
}

int type_of_cast(const OnnxBuilder& /*graph*/, const OnnxNode& node, int /*output*/) { return static_cast<int>(node.integer("to", 0)); }

void cast(OnnxBuilder& graph, const OnnxNode& node, std::int64_t to) {
  const int x = graph.input(node, 0);
  const bool real = is_real(static_cast<int>(to));
  if (!real && !is_whole(static_cast<int>(to)) && to != bool_type) {
    node.fail(fmt::format("it casts to {}, which is not supported; floating point, whole numbers and bool are", type_name(static_cast<int>(to))));
  }
  const int from = graph.element_type(node, 0);
  if (real || from == bool_type || (is_whole(from) && is_whole(static_cast<int>(to)))) return conclude(graph, node, x);
  using periphery::digital::Function;
  int step = 1;
  conclude(graph, node, function_step(graph, node, to == bool_type ? Function::truth : Function::truncate, x, step));
}

void import_cast(OnnxBuilder& graph, const OnnxNode& node) { cast(graph, node, node.integer("to", float32_type)); }

void import_cast_like(OnnxBuilder& graph, const OnnxNode& node) {
  const int to = graph.element_type(node, 1);
  if (to == 0) node.fail(fmt::format("the element type of tensor '{}', to which it casts, is not known", node.input(1)));
  cast(graph, node, to);
}

}  // namespace

constinit const Operator relu_operator{
    .name = "relu", .run = run_relu, .leading = LeadingAxis::any, .access = Access::position, .elementwise = Elementwise::unary};
constinit const Operator sigmoid_operator{.name = "sigmoid",
                                          .run = run_sigmoid,
                                          .leading = LeadingAxis::any,
                                          .operations = exponential_operations + 2,  // exponential, addition, division
                                          .access = Access::position,
                                          .elementwise = Elementwise::unary};
constinit const Operator tanh_operator{.name = "tanh",
                                       .run = run_tanh,
                                       .leading = LeadingAxis::any,
                                       .operations = exponential_operations + 2,
                                       .access = Access::position,
                                       .elementwise = Elementwise::unary};
constinit const Operator function_operator{.name = "function",
                                           .run = run_function,
                                           .leading = LeadingAxis::any,
                                           .count = functions_operations,
                                           .access = Access::position,
                                           .elementwise = Elementwise::unary};
constinit const Operator clip_operator{.name = "clip",
                                       .run = run_clip,
                                       .leading = LeadingAxis::any,
                                       .operations = 2 /* two comparisons */,
                                       .access = Access::position,
                                       .elementwise = Elementwise::unary};

const OperatorFamily& function_family() {
  static const OperatorFamily family = [] {
    OperatorFamily made{"functions",
                        {&relu_operator, &sigmoid_operator, &tanh_operator, &function_operator, &clip_operator},
                        {{.op_type = "Relu", .import = import_nonlinearity<Nonlinearity::Kind::relu>},
                         {.op_type = "Sigmoid", .import = import_nonlinearity<Nonlinearity::Kind::sigmoid>},
                         {.op_type = "Tanh", .import = import_nonlinearity<Nonlinearity::Kind::tanh>},
                         {.op_type = "Clip", .import = import_clip},
                         {.op_type = "Cast", .import = import_cast, .element_type = type_of_cast, .keeps_layout = true},
                         {.op_type = "CastLike", .import = import_cast_like, .element_type = type_of_second, .keeps_layout = true}}};
    for (const NamedFunction& named : named_functions) {
      const digital::Function function = named.otherwise.function;
      const bool truth =
          function == digital::Function::negation || function == digital::Function::is_nan || function == digital::Function::is_infinite;
      made.importers.push_back({.op_type = named.op_type, .import = import_function, .element_type = truth ? truth_type : nullptr});
    }
    return made;
  }();
  return family;
}

int function_step(OnnxBuilder& graph, const OnnxNode& node, digital::Function function, int x, int& step) {
  return graph.add_step(node, node_of(node, function_operator, ElementFunction{{function, 0.0F, 0.0F}}, {x}), graph.value(x).shape, step);
}

}  // namespace mho::workloads
