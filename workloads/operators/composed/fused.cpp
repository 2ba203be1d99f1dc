#include "workloads/operators/composed/fused.h"

#include <fmt/format.h>

#include <numeric>

#include "workloads/onnx/onnx_expansion.h"

namespace mho::workloads {

namespace {

using Ints = std::vector<std::int64_t>;

/// Input 0, plus the bias if input 1 is given.
std::string biased(Expansion& made) { return made.input(1).empty() ? made.input(0) : made.add("Add", {made.input(0), made.input(1)}); }

void import_gelu(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  made.conclude(made.add_named("Gelu", {biased(made)}));
}

void import_fast_gelu(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  made.conclude(made.add_named("Gelu", {biased(made)}, {{"approximate", "tanh"}}));
}

/// x sigmoid(alpha x).
void import_quick_gelu(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const std::string x = made.input(0);
  const float alpha = node.real("alpha", 1.702F);
  const std::string scaled = alpha == 1.0F ? x : made.add("Mul", {x, made.number("alpha", alpha)});
  made.conclude(made.add_named("Mul", {x, made.add("Sigmoid", {scaled})}));
}

/// The function that attribute `activation` names, with its constants.
std::string activated(Expansion& made, const std::string& x, const std::vector<float>& constants) {
  const std::string name = made.node().text("activation", "");
  const auto constant = [&](std::size_t i, float otherwise) { return i < constants.size() ? constants[i] : otherwise; };
  if (name.empty()) return x;
  if (name == "Relu" || name == "Sigmoid" || name == "Tanh" || name == "Softplus" || name == "Softsign" || name == "HardSwish") {
    return made.add(name, {x});
  }
  if (name == "LeakyRelu") return made.add(name, {x}, {{"alpha", constant(0, 0.01F)}});
  if (name == "ThresholdedRelu" || name == "Elu") return made.add(name, {x}, {{"alpha", constant(0, 1.0F)}});
  if (name == "HardSigmoid") return made.add(name, {x}, {{"alpha", constant(0, 0.2F)}, {"beta", constant(1, 0.5F)}});
  if (name == "Clip" && constants.size() == 2) {
    return made.add(name, {x, made.number("min", constants[0]), made.number("max", constants[1])});
  }
  made.node().fail(fmt::format(
      "activation '{}' is not supported; Relu, LeakyRelu, ThresholdedRelu, Elu, Sigmoid, HardSigmoid, HardSwish, Tanh, Softplus, Softsign and Clip "
      "(with its two limits) are",
      name));
}

void import_fused_conv(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  std::string y = made.add_named("Conv", {made.input(0), made.input(1), made.input(2)},
                                 made.carried({"kernel_shape", "strides", "dilations", "pads", "auto_pad", "group"}));
  // A residual branch (input 3) is added before the activation.
  if (!made.input(3).empty()) y = made.add("Add", {y, made.input(3)});
  made.conclude(activated(made, y, node.reals("activation_params")));
}

void import_fused_gemm(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  Expansion::Attributes attributes = made.carried({"transA", "transB"});
  attributes.emplace_back("alpha", node.real("alpha", 1.0F));
  attributes.emplace_back("beta", node.real("beta", 1.0F));
  const std::string y = made.add_named("Gemm", {made.input(0), made.input(1), made.input(2)}, attributes);
  std::vector<float> constants;
  if (node.has("activation_alpha")) constants.push_back(node.real("activation_alpha", 0.0F));
  if (node.has("activation_beta")) constants.push_back(node.real("activation_beta", 0.0F));
  made.conclude(activated(made, y, constants));
}

/// An operand with its axes in the order of MatMul. `batch`: the axis of rows is stored before the leading axes.
std::string arranged(Expansion& made, const std::string& x, bool batch, bool transposed) {
  const std::size_t rank = made.value(x).shape.size();
  if (rank < 2 || (!batch && !transposed)) return x;
  Ints order(rank);
  std::iota(order.begin(), order.end(), 0);
  if (batch) std::rotate(order.begin(), order.begin() + 1, order.end() - 1);
  if (transposed) std::swap(order[rank - 1], order[rank - 2]);
  return made.add("Transpose", {x}, {{"perm", order}});
}

void import_fused_matmul(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const auto flag = [&](const char* name) { return node.integer(name, 0) != 0; };
  const int left = graph.input(node, 0), right = graph.input(node, 1);
  const bool left_constant = graph.value(left).constant, right_constant = graph.value(right).constant;
  std::string a = arranged(made, made.input(0), flag("transBatchA"), flag("transA"));
  std::string b = arranged(made, made.input(1), flag("transBatchB"), flag("transB"));
  const float alpha = node.real("alpha", 1.0F);
  // The factor is multiplied into trained weights if an operand is constant.
  if (alpha != 1.0F && right_constant) b = made.add("Mul", {b, made.number("alpha", alpha)});
  if (alpha != 1.0F && !right_constant && left_constant) a = made.add("Mul", {a, made.number("alpha", alpha)});
  const std::string y = made.add_named("MatMul", {a, b});
  made.conclude(alpha == 1.0F || left_constant || right_constant ? y : made.add("Mul", {y, made.number("alpha", alpha)}));
}

void import_bias_softmax(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const Shape x = graph.value(graph.input(node, 0)).shape, bias = graph.value(graph.input(node, 1)).shape;
  const std::int64_t axis = normal_axis(node, node.integer("axis", 1), x.size());
  // Before operator set 13, Softmax treats all axes from `axis` on as one row.
  if (static_cast<std::size_t>(axis) + 1 != x.size()) {
    node.fail(fmt::format("axis {} of an input of shape {} is not supported; the last axis is", axis, shape_text(x)));
  }
  const bool inner = node.integer("is_inner_broadcast", node.integer("broadcast_type", 0)) != 0;
  if (inner && bias.size() != x.size())
    node.fail(fmt::format("a bias of shape {} that repeats inside an input of shape {} is not supported", shape_text(bias), shape_text(x)));
  const std::string sum = made.add("Add", {made.input(0), made.input(1)});
  made.conclude(made.add_named("Softmax", {sum}, {{"axis", std::int64_t{-1}}}));
}

/// Sum of data, bias and a residual branch. Dropout has no effect in inference.
void import_bias_add(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  std::string y = made.add_named("Add", {made.input(0), made.input(1)});
  if (!made.input(2).empty()) y = made.add("Add", {y, made.input(2)});
  made.conclude(y);
}

}  // namespace

const OperatorFamily& fused_family() {
  static const OperatorFamily family{"fused",
                                     {},
                                     {{.op_type = "BiasAdd", .import = import_bias_add, .domain = microsoft_domain},
                                      {.op_type = "BiasDropout", .import = import_bias_add, .domain = microsoft_domain},
                                      {.op_type = "BiasGelu", .import = import_gelu, .domain = microsoft_domain},
                                      {.op_type = "BiasSoftmax", .import = import_bias_softmax, .domain = microsoft_domain},
                                      {.op_type = "FastGelu", .import = import_fast_gelu, .domain = microsoft_domain},
                                      {.op_type = "FusedConv", .import = import_fused_conv, .domain = microsoft_domain},
                                      {.op_type = "FusedGemm", .import = import_fused_gemm, .domain = microsoft_domain},
                                      {.op_type = "FusedMatMul", .import = import_fused_matmul, .domain = microsoft_domain},
                                      {.op_type = "Gelu", .import = import_gelu, .domain = microsoft_domain},
                                      {.op_type = "QuickGelu", .import = import_quick_gelu, .domain = microsoft_domain},
                                      {.op_type = "TransposeMatMul", .import = import_fused_matmul, .domain = microsoft_domain}}};
  return family;
}

}  // namespace mho::workloads
