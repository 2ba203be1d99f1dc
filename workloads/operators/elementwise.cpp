#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "workloads/onnx/onnx_graph.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {

namespace {

namespace digital = periphery::digital;

struct FunctionOfOne {
  digital::Function function;
  float alpha = 0, beta = 0;  ///< where the file gives none, as ONNX has them
};

const std::map<std::string, FunctionOfOne> functions{{"Abs", {digital::Function::abs}},
                                                     {"Ceil", {digital::Function::ceil}},
                                                     {"Celu", {digital::Function::celu, 1.0F}},
                                                     {"Cos", {digital::Function::cosine}},
                                                     {"Elu", {digital::Function::elu, 1.0F}},
                                                     {"Erf", {digital::Function::erf}},
                                                     {"Exp", {digital::Function::exponential}},
                                                     {"Floor", {digital::Function::floor}},
                                                     {"Gelu", {digital::Function::gelu}},
                                                     {"HardSigmoid", {digital::Function::hard_sigmoid, 0.2F, 0.5F}},
                                                     {"HardSwish", {digital::Function::hard_swish}},
                                                     {"LeakyRelu", {digital::Function::leaky_relu, 0.01F}},
                                                     {"Log", {digital::Function::logarithm}},
                                                     {"Mish", {digital::Function::mish}},
                                                     {"Neg", {digital::Function::negative}},
                                                     {"Not", {digital::Function::negation}},
                                                     {"Reciprocal", {digital::Function::reciprocal}},
                                                     {"Round", {digital::Function::round}},
                                                     {"Selu", {digital::Function::selu, 1.67326319217681884765625F, 1.05070102214813232421875F}},
                                                     {"Sign", {digital::Function::sign}},
                                                     {"Sin", {digital::Function::sine}},
                                                     {"Softplus", {digital::Function::softplus}},
                                                     {"Softsign", {digital::Function::softsign}},
                                                     {"Sqrt", {digital::Function::square_root}},
                                                     {"ThresholdedRelu", {digital::Function::thresholded_relu, 1.0F}}};

const std::map<std::string, digital::Reduction> reductions{
    {"ReduceL1", digital::Reduction::l1},          {"ReduceL2", digital::Reduction::l2},
    {"ReduceLogSum", digital::Reduction::log_sum}, {"ReduceLogSumExp", digital::Reduction::log_sum_of_exponentials},
    {"ReduceMax", digital::Reduction::maximum},    {"ReduceMean", digital::Reduction::mean},
    {"ReduceMin", digital::Reduction::minimum},    {"ReduceProd", digital::Reduction::product},
    {"ReduceSum", digital::Reduction::sum},        {"ReduceSumSquare", digital::Reduction::sum_of_squares}};

}  // namespace

void OnnxGraph::binary(const OnnxNode& node) {
  const int a = input(node, 0), b = input(node, 1);
  Shape out = broadcast(node, value(a).shape, value(b).shape);
  if (node.proto().op_type() == "Add" && fold_bias(node)) return;
  if (node.proto().op_type() == "Div" && is_whole(element_type(node, 0))) {
    // Whole numbers divide without a rest.
    int step = 1;
    const int quotient = binary_step(node, Operator::div, a, b, step);
    return conclude(node, function_step(node, digital::Function::truncate, quotient, step));
  }
  add(node, node_of(node, {a, b}), std::move(out));
}

void OnnxGraph::modulo(const OnnxNode& node) {
  const int a = input(node, 0), b = input(node, 1);
  Node result = node_of(node, {a, b});
  const bool by_dividend = node.integer("fmod", 0) != 0;
  if (!by_dividend && element_type(node, 0) != 0 && !is_whole(element_type(node, 0))) {
    node.fail(
        fmt::format("fmod 0 is for whole numbers only, and its input is {}; with fmod 1 any number is legal", type_name(element_type(node, 0))));
  }
  if (by_dividend) result.op = Operator::remainder;
  add(node, std::move(result), broadcast(node, value(a).shape, value(b).shape));
}

void OnnxGraph::unary(const OnnxNode& node) {
  const int x = input(node, 0);
  add(node, node_of(node, {x}), value(x).shape);
}

void OnnxGraph::function(const OnnxNode& node) {
  const int x = input(node, 0);
  const FunctionOfOne& entry = functions.at(node.proto().op_type());
  Node result = node_of(node, {x});
  result.function = entry.function;
  result.alpha = node.real("alpha", entry.alpha);
  result.beta = node.real(node.proto().op_type() == "Selu" ? "gamma" : "beta", entry.beta);
  if (node.proto().op_type() == "Gelu" && node.text("approximate", "none") == "tanh") result.function = digital::Function::gelu_tanh;
  if (result.function == digital::Function::celu && result.alpha == 0.0F) node.fail("its alpha is 0, by which it divides; any other number is legal");
  add(node, std::move(result), value(x).shape);
}

void OnnxGraph::several(const OnnxNode& node) {
  // Two at a time from the left; a mean divides at the end.
  const int count = node.proto().input_size();
  int left = input(node, 0);
  const bool mean = node.proto().op_type() == "Mean";
  if (count == 1) return alias(node, left);
  for (int k = 1; k < count; ++k) {
    const int right = input(node, k);
    Node step = node_of(node, {left, right});
    Shape out = broadcast(node, value(left).shape, value(right).shape);
    if (k + 1 == count && !mean) return add(node, std::move(step), std::move(out));
    left = add_step(node, std::move(step), std::move(out), k);
  }
  Node scale = node_of(node, {left, add_constant(node.name() + ".count", {1}, {static_cast<float>(count)})});
  scale.op = Operator::div;
  add(node, std::move(scale), value(left).shape);
}

void OnnxGraph::parametric_relu(const OnnxNode& node) {
  const int x = input(node, 0), slope = input(node, 1);
  const Shape out = broadcast(node, value(x).shape, value(slope).shape);
  if (out != value(x).shape)
    node.fail(fmt::format("the slope of shape {} does not broadcast to the input's {}", shape_text(value(slope).shape), shape_text(out)));
  add(node, node_of(node, {x, slope}), out);
}

void OnnxGraph::layer_normalization(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape shape = value(x).shape;
  Node result = node_of(node, {x});
  result.axis = normal_axis(node, node.integer("axis", -1), shape.size());
  result.epsilon = node.real("epsilon", 1e-5F);
  if (is_batch(x, result.axis)) node.fail(fmt::format("axis {} would mix the samples of a batch, which is not supported", result.axis));
  std::int64_t row = 1;
  for (std::size_t i = static_cast<std::size_t>(result.axis); i < shape.size(); ++i) row *= shape[i];
  const auto parameter = [&](int index, const char* what, float otherwise) {
    if (!has_input(node, index)) return add_constant(node.name() + "." + what, {1}, {otherwise});
    const ValueInfo& info = constant(node, index, what);
    const auto size = static_cast<std::int64_t>(info.data.size());
    if (size != row && size != 1) node.fail(fmt::format("its {} has {} values; the {} normalised ones or a single one are needed", what, size, row));
    return input(node, index);
  };
  result.inputs.push_back(parameter(1, "scale", 1.0F));
  result.inputs.push_back(parameter(2, "shift", 0.0F));
  add(node, std::move(result), shape);
}

void OnnxGraph::instance_normalization(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape shape = value(x).shape;
  if (shape.size() < 3) node.fail(fmt::format("needs an input of batch, channels and at least one more axis; it has shape {}", shape_text(shape)));
  Node result = node_of(node, {x, input(node, 1), input(node, 2)});
  result.epsilon = node.real("epsilon", 1e-5F);
  for (const auto& [index, what] : {std::pair{1, "scale"}, {2, "shift"}}) {
    const auto size = static_cast<std::int64_t>(constant(node, index, what).data.size());
    if (size != shape[1]) node.fail(fmt::format("its {} has {} values for {} channels", what, size, shape[1]));
  }
  add(node, std::move(result), shape);
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
  if (is_batch(x, result.axis)) node.fail(fmt::format("axis {} would mix the samples of a batch, which is not supported", result.axis));
  add(node, std::move(result), shape);
}

void OnnxGraph::reduce(const OnnxNode& node) {
  const int x = input(node, 0);
  const Shape shape = value(x).shape;
  Node result = node_of(node, {x});
  result.keepdims = node.integer("keepdims", 1) != 0;
  result.reduction = reductions.at(node.proto().op_type());
  result.axes = axes_of(node, node.proto().op_type() == "ReduceSum" ? 13 : 18);
  for (std::int64_t& axis : result.axes) axis = normal_axis(node, axis, shape.size());
  if (result.axes.empty() && node.integer("noop_with_empty_axes", 0) == 0) {
    result.axes.resize(shape.size());
    std::iota(result.axes.begin(), result.axes.end(), 0);
  }
  std::sort(result.axes.begin(), result.axes.end());
  result.axes.erase(std::unique(result.axes.begin(), result.axes.end()), result.axes.end());
  for (const std::int64_t axis : result.axes) {
    if (is_batch(x, static_cast<int>(axis))) {
      node.fail(fmt::format("a reduction over axis {} would mix the samples of a batch, which is not supported", axis));
    }
  }
  Shape out;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool reduced = std::ranges::count(result.axes, static_cast<std::int64_t>(i)) > 0;
    if (!reduced || result.keepdims) out.push_back(reduced ? 1 : shape[i]);
  }
  add(node, std::move(result), std::move(out));
}

}  // namespace mho::workloads
