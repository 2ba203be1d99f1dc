// Integer weights become trained weights: each integer is multiplied by a power of two for its output, so that sums of products stay exact. The rest
// of the scale, a factor from 1 to below 2, multiplies the sums. Results equal those of integer arithmetic, and the weights have the magnitude of the
// numbers that they represent.
#include "workloads/operators/composed/integer_products.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "workloads/graph/operator.h"
#include "workloads/onnx/onnx_expansion.h"
#include "workloads/operators/composed/quantized.h"

namespace mho::workloads {

namespace {

/// Scale of the integer sums, one for each output: factor * 2 ^ exponent.
struct SplitScale {
  std::vector<float> factor;
  std::vector<int> exponent;
};

std::vector<float> numbers(const Expansion& made, int index, const char* what, std::size_t count) {
  if (made.input(index).empty()) return std::vector<float>(count, 0.0F);
  const ValueInfo& info = made.graph().constant(made.node(), index, what);
  if (info.data.size() == 1) return std::vector<float>(count, info.data[0]);
  if (info.data.size() != count) {
    made.node().fail(
        fmt::format("its {} has shape {}; a single number, or one for each of {} outputs, are needed", what, shape_text(info.shape), count));
  }
  return info.data;
}

SplitScale split(const OnnxNode& node, const std::vector<float>& scales) {
  SplitScale result;
  for (const float scale : scales) {
    if (!(scale > 0.0F) || !std::isfinite(scale)) node.fail(fmt::format("its scales make {}, which is no positive number", scale));
    int exponent = 0;
    const float half_to_one = std::frexp(scale, &exponent);
    result.factor.push_back(2.0F * half_to_one);
    result.exponent.push_back(exponent - 1);
  }
  return result;
}

/// Number of the output that element i of the weights belongs to.
std::size_t output_of(const Shape& shape, std::size_t axis, std::size_t i) {
  const std::size_t inner = elements_between(shape, axis + 1, shape.size());
  return i / inner % static_cast<std::size_t>(shape[axis]);
}

/// The constant weights of input `index`, minus their zero points, times powers of two.
std::string centred_weights(Expansion& made, int index, int zero, std::size_t axis, const std::vector<int>& exponents) {
  const ValueInfo& info = made.graph().constant(made.node(), index, "its weights");
  const Shape shape = info.shape;
  std::vector<float> data = info.data;
  const std::vector<float> zeros = numbers(made, zero, "zero point of the weights", exponents.size());
  for (std::size_t i = 0; i < data.size(); ++i) {
    const std::size_t o = output_of(shape, axis, i);
    data[i] = std::ldexp(data[i] - zeros[o], exponents[o]);
  }
  return made.constant("weights", shape, std::move(data));
}

std::string scaled_bias(Expansion& made, int index, const std::vector<int>& exponents) {
  if (made.input(index).empty()) return {};
  std::vector<float> bias = numbers(made, index, "bias", exponents.size());
  for (std::size_t o = 0; o < bias.size(); ++o) bias[o] = std::ldexp(bias[o], exponents[o]);
  const auto count = static_cast<std::int64_t>(bias.size());
  return made.constant("bias", {count}, std::move(bias));
}

/// The sums times the factors of their scale. `behind`: number of axes of the result behind the axis of outputs.
std::string rescaled(Expansion& made, const std::string& sums, const SplitScale& scale, std::size_t behind) {
  if (std::ranges::all_of(scale.factor, [](float factor) { return factor == 1.0F; })) return sums;
  const bool same = std::ranges::all_of(scale.factor, [&](float factor) { return factor == scale.factor[0]; });
  Shape along(behind, 1);
  if (!same) along.insert(along.begin(), static_cast<std::int64_t>(scale.factor.size()));
  return made.add("Mul", {sums, same ? made.number("factor", scale.factor[0]) : made.constant("factor", along, scale.factor)});
}

void conclude_whole(Expansion& made, const std::string& y, int zero) {
  const int type = made.graph().type_of(made.input(zero));
  made.conclude(whole_numbers(made, y, made.input(zero), type));
  made.graph().note_type(made.node().output(0), type);
}

Expansion::Attributes conv_attributes(const Expansion& made) {
  return made.carried({"kernel_shape", "strides", "dilations", "pads", "auto_pad", "group"});
}

/// Scale of the sums, in units of the output: scale of x times scale of the weights over scale of y.
std::vector<float> scale_of_sums(const Expansion& made, int x, int weights, int y, std::size_t count, float factor = 1.0F) {
  const float of_x = numbers(made, x, "scale of its input", 1)[0], of_y = y < 0 ? 1.0F : numbers(made, y, "scale of its output", 1)[0];
  std::vector<float> scales = numbers(made, weights, "scale of the weights", count);
  for (float& scale : scales) scale = factor * of_x * scale / of_y;
  return scales;
}

void import_qlinear_conv(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const Shape kernel = graph.constant(node, 3, "its kernel").shape;
  if (kernel.size() < 3) node.fail(fmt::format("its kernel has shape {}; outputs, channels and lengths are needed", shape_text(kernel)));
  const SplitScale scale = split(node, scale_of_sums(made, 1, 4, 6, static_cast<std::size_t>(kernel[0])));
  const std::string x = centred(made, made.input(0), made.input(2)), weights = centred_weights(made, 3, 5, 0, scale.exponent);
  const std::string sums = made.add_named("Conv", {x, weights, scaled_bias(made, 8, scale.exponent)}, conv_attributes(made));
  conclude_whole(made, rescaled(made, sums, scale, kernel.size() - 2), 7);
}

/// Number of outputs of a constant operand: its rows or columns.
std::size_t outputs_of(const Shape& weights, std::size_t axis) { return static_cast<std::size_t>(weights[axis]); }

void import_qlinear_matmul(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const bool right = graph.value(graph.input(node, 3)).constant, left = !right && graph.value(graph.input(node, 0)).constant;
  if (!left && !right) {
    const SplitScale scale = split(node, scale_of_sums(made, 1, 4, 6, 1));
    const std::string sums = made.add_named("MatMul", {centred(made, made.input(0), made.input(2)), centred(made, made.input(3), made.input(5))});
    const float factor = std::ldexp(scale.factor[0], scale.exponent[0]);
    return conclude_whole(made, made.add("Mul", {sums, made.number("factor", factor)}), 7);
  }
  const int constant = right ? 3 : 0, other = right ? 0 : 3;
  const Shape shape = graph.value(graph.input(node, constant)).shape;
  if (shape.size() < 2) node.fail(fmt::format("its weights have shape {}; two axes or more are needed", shape_text(shape)));
  const std::size_t axis = right ? shape.size() - 1 : shape.size() - 2;
  const SplitScale scale = split(node, scale_of_sums(made, other + 1, constant + 1, 6, outputs_of(shape, axis)));
  const std::string x = centred(made, made.input(other), made.input(other + 2));
  const std::string weights = centred_weights(made, constant, constant + 2, axis, scale.exponent);
  const std::string sums = made.add_named("MatMul", right ? std::vector{x, weights} : std::vector{weights, x});
  conclude_whole(made, rescaled(made, sums, scale, right ? 0 : 1), 7);
}

/// The sums stay integers: a later node of the file applies their scale.
void import_matmul_integer(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const auto operand = [&](int index) {
    const ValueInfo& info = graph.value(graph.input(node, index));
    const std::size_t rank = info.shape.size();
    if (!info.constant || rank < 2) return centred(made, made.input(index), made.input(index + 2));
    const std::size_t axis = index == 1 ? rank - 1 : rank - 2;
    return centred_weights(made, index, index + 2, axis, std::vector<int>(outputs_of(info.shape, axis), 0));
  };
  const std::string a = operand(0), b = operand(1);
  made.conclude(made.add_named("MatMul", {a, b}));
  graph.note_type(node.output(0), int32_type);
}

void import_conv_integer(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const Shape kernel = graph.constant(node, 1, "its kernel").shape;
  if (kernel.size() < 3) node.fail(fmt::format("its kernel has shape {}; outputs, channels and lengths are needed", shape_text(kernel)));
  const std::string x = centred(made, made.input(0), made.input(2));
  const std::string weights = centred_weights(made, 1, 3, 0, std::vector<int>(outputs_of(kernel, 0), 0));
  made.conclude(made.add_named("Conv", {x, weights}, conv_attributes(made)));
  graph.note_type(node.output(0), int32_type);
}

void import_qgemm(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const Shape shape = graph.constant(node, 3, "its weights").shape;
  if (shape.size() != 2) node.fail(fmt::format("its weights have shape {}; two axes are needed", shape_text(shape)));
  const std::size_t axis = node.integer("transB", 0) != 0 ? 0 : 1;
  const bool whole = !made.input(7).empty();
  const SplitScale scale = split(node, scale_of_sums(made, 1, 4, whole ? 7 : -1, outputs_of(shape, axis), node.real("alpha", 1.0F)));
  const std::string x = centred(made, made.input(0), made.input(2)), weights = centred_weights(made, 3, 5, axis, scale.exponent);
  const std::string sums = made.add_named("Gemm", {x, weights, scaled_bias(made, 6, scale.exponent)}, made.carried({"transA", "transB"}));
  const std::string y = rescaled(made, sums, scale, 0);
  if (whole) return conclude_whole(made, y, 8);
  made.conclude(y);
  graph.note_type(node.output(0), float32_type);
}

}  // namespace

const OperatorFamily& integer_product_family() {
  static const OperatorFamily family{"integer_products",
                                     {},
                                     {{.op_type = "ConvInteger", .import = import_conv_integer},
                                      {.op_type = "MatMulInteger", .import = import_matmul_integer},
                                      {.op_type = "QLinearConv", .import = import_qlinear_conv},
                                      {.op_type = "QLinearMatMul", .import = import_qlinear_matmul},
                                      {.op_type = "QGemm", .import = import_qgemm, .domain = microsoft_domain}}};
  return family;
}

}  // namespace mho::workloads
