#include "workloads/operators/composed/quantized.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mho::workloads {

namespace {

bool is_zero(const Expansion& made, const std::string& tensor) {
  if (tensor.empty()) return true;
  const ValueInfo& value = made.value(tensor);
  return value.constant && std::ranges::all_of(value.data, [](float number) { return number == 0.0F; });
}

/// Dequantises input `first`; the next two inputs are its scale and zero point.
std::string dequantised(Expansion& made, int first) {
  const std::string x = centred(made, made.input(first), made.input(first + 2));
  std::string real = made.add("Mul", {x, made.input(first + 1)});
  made.graph().note_type(real, float32_type);  // a type of integers would make Div discard the remainder
  return real;
}

/// Concludes with the quantised output. Input `scale` is the scale, the next input the zero point.
void conclude_quantised(Expansion& made, const std::string& x, int scale) {
  const int type = made.graph().type_of(made.input(scale + 1));
  made.conclude(whole_numbers(made, made.add("Div", {x, made.input(scale)}), made.input(scale + 1), type == 0 ? int{uint8_type} : type));
  made.graph().note_type(made.node().output(0), type == 0 ? int{uint8_type} : type);
}

/// Add and Mul of two quantised tensors.
void import_quantised_pair(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const std::string a = dequantised(made, 0), b = dequantised(made, 3);
  conclude_quantised(made, made.add_named(node.op_type() == "QLinearAdd" ? "Add" : "Mul", {a, b}), 6);
}

/// Imports an ONNX operator between dequantised inputs and a quantised output.
void import_quantised_one(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  if (node.integer("channels_last", 0) != 0) node.fail("channels_last 1 is not supported; channels before height and width are");
  const std::string op_type = node.op_type().substr(std::string("QLinear").size());
  Expansion::Attributes attributes = made.carried({"axis", "kernel_shape", "strides", "pads", "auto_pad", "ceil_mode", "count_include_pad"});
  if (op_type == "LeakyRelu") attributes.emplace_back("alpha", node.real("alpha", 0.01F));
  const std::string x = dequantised(made, 0);
  if (op_type == "Softmax") {
    const auto rank = static_cast<std::int64_t>(made.value(x).shape.size()), axis = node.integer("axis", -1);
    if (axis != -1 && axis != rank - 1) node.fail(fmt::format("axis {} is not supported; the last one is", axis));
  }
  conclude_quantised(made, made.add_named(op_type, {x}, attributes), 3);
}

void import_quantised_concat(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  std::vector<std::string> parts;
  for (int first = 2; first + 2 < node.input_count(); first += 3) parts.push_back(dequantised(made, first));
  conclude_quantised(made, made.add_named("Concat", parts, made.carried({"axis"})), 0);
}

/// Scale and zero point from the range of the sample, extended to include 0.
void import_dynamic_quantize(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const int x = graph.input(node, 0);
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 0; axis < graph.value(x).shape.size(); ++axis) {
    const auto batch = graph.batch_of(x);
    if (!batch || static_cast<std::size_t>(batch->axis) != axis) axes.push_back(static_cast<std::int64_t>(axis));
  }
  constexpr float codes = 255.0F;
  const std::string over = made.integers("axes", axes), zero = made.number("zero", 0.0F), one = made.number("one", 1.0F);
  const std::string largest = made.add("Max", {made.add("ReduceMax", {made.input(0), over}), zero});
  const std::string least = made.add("Min", {made.add("ReduceMin", {made.input(0), over}), zero}, {}, 2);
  const std::string range = made.add("Sub", {largest, least}, {}, 2);
  // The scale of a tensor of zeros is 1.
  const std::string step = made.add("Div", {range, made.number("codes", codes)});
  const std::string scale = made.add("Where", {made.add("Equal", {range, zero}), one, step}, {}, 3);
  const std::string shift = whole_numbers(made, made.add("Div", {made.add("Neg", {least}), scale}), "", uint8_type);
  const std::string codes_of_x = whole_numbers(made, made.add("Div", {made.input(0), scale}), shift, uint8_type);
  made.conclude(codes_of_x);
  graph.note_type(node.output(0), uint8_type);
  if (node.makes(1)) made.conclude(scale, 1);
  if (!node.makes(2)) return;
  made.conclude(shift, 2);
  graph.note_type(node.output(2), uint8_type);
}

float single(const Expansion& made, int index, const char* what) {
  const ValueInfo& info = made.graph().constant(made.node(), index, what);
  if (info.data.size() != 1) made.node().fail(fmt::format("its {} has shape {}; a single number is needed", what, shape_text(info.shape)));
  return info.data[0];
}

std::string rounded(Expansion& made, const std::string& x) {
  std::string mode = made.node().text("rounding_mode", "ROUND");
  std::ranges::transform(mode, mode.begin(), [](char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); });
  if (mode == "ROUND" || mode == "HALF_EVEN") return made.add("Round", {x});
  if (mode == "CEIL") return made.add("Ceil", {x});
  if (mode == "FLOOR") return made.add("Floor", {x});
  if (mode == "ROUND_TO_ZERO" || mode == "DOWN") return made.add("Cast", {x}, {{"to", std::int64_t{int64_type}}});
  made.node().fail(fmt::format("rounding_mode '{}' is not supported; ROUND, HALF_EVEN, CEIL, FLOOR, ROUND_TO_ZERO and DOWN are", mode));
}

/// Rounds x to the grid of a scale and a number of bits; the result is floating point. Inputs: x, scale, zero point, bits.
void import_quant(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const bool is_signed = node.integer("signed", 1) != 0, narrow = node.integer("narrow", 0) != 0;
  const float bits = single(made, 3, "bit width");
  constexpr float most_bits = 32.0F;
  if (!(bits >= 1.0F && bits <= most_bits)) node.fail(fmt::format("its bit width is {}; 1 to {} is legal", bits, most_bits));
  const float codes = std::exp2(bits), half = codes / 2.0F, cut = narrow ? 1.0F : 0.0F;
  const float least = is_signed ? -half + cut : 0.0F, largest = is_signed ? half - 1.0F : codes - 1.0F - cut;
  const std::string scale = made.input(1), zero = made.input(2);
  std::string y = made.add("Div", {made.input(0), scale});
  if (!is_zero(made, zero)) y = made.add("Add", {y, zero});
  y = made.add("Clip", {rounded(made, y), made.number("least", least), made.number("largest", largest)});
  made.conclude(made.add("Mul", {centred(made, y, zero), scale}));
  graph.note_type(node.output(0), float32_type);
}

/// The scale with the sign of x; 0 counts as positive.
void import_bipolar_quant(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const std::string positive = made.add("GreaterOrEqual", {made.input(0), made.number("zero", 0.0F)});
  made.conclude(made.add("Where", {positive, made.input(1), made.add("Neg", {made.input(1)})}));
  graph.note_type(node.output(0), float32_type);
}

}  // namespace

std::string centred(Expansion& made, const std::string& x, const std::string& zero) { return is_zero(made, zero) ? x : made.add("Sub", {x, zero}); }

std::string whole_numbers(Expansion& made, const std::string& x, const std::string& zero, int type) {
  const auto range = quantized_range(type);
  if (!range) {
    made.node().fail(fmt::format("it makes numbers of type {}, which is not supported; uint8, int8, uint16 and int16 are", type_name(type)));
  }
  std::string y = made.add("Round", {x});
  if (!is_zero(made, zero)) y = made.add("Add", {y, zero});
  std::string limited = made.add("Clip", {y, made.number("least", range->first), made.number("largest", range->second)}, {}, 2);
  made.graph().note_type(limited, type);
  return limited;
}

const OperatorFamily& quantized_family() {
  static const OperatorFamily family{"quantized",
                                     {},
                                     {{.op_type = "DynamicQuantizeLinear", .import = import_dynamic_quantize},
                                      {.op_type = "QLinearAdd", .import = import_quantised_pair, .domain = microsoft_domain},
                                      {.op_type = "QLinearAveragePool", .import = import_quantised_one, .domain = microsoft_domain},
                                      {.op_type = "QLinearConcat", .import = import_quantised_concat, .domain = microsoft_domain},
                                      {.op_type = "QLinearGlobalAveragePool", .import = import_quantised_one, .domain = microsoft_domain},
                                      {.op_type = "QLinearLeakyRelu", .import = import_quantised_one, .domain = microsoft_domain},
                                      {.op_type = "QLinearMul", .import = import_quantised_pair, .domain = microsoft_domain},
                                      {.op_type = "QLinearSigmoid", .import = import_quantised_one, .domain = microsoft_domain},
                                      {.op_type = "QLinearSoftmax", .import = import_quantised_one, .domain = microsoft_domain},
                                      {.op_type = "BipolarQuant", .import = import_bipolar_quant, .domain = qonnx_domain},
                                      {.op_type = "Quant", .import = import_quant, .domain = qonnx_domain}}};
  return family;
}

}  // namespace mho::workloads
