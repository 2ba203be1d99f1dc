// Element types as far as the importer needs them, and operators that are made of several plainer ones.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "workloads/onnx/onnx_graph.h"

namespace mho::workloads {

void OnnxGraph::note_types(const onnx::NodeProto& proto) {
  static const std::set<std::string> truths{"And", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "Or", "Xor"};
  static const std::set<std::string> indices{"ArgMax", "ArgMin", "NonZero", "Shape", "Size"};
  // Operators whose result has the type of another input than the first.
  static const std::map<std::string, int> typed_by{{"DequantizeLinear", 1}, {"Where", 1}};
  const std::string& op = proto.op_type();
  const auto of = [&](int index) {
    const auto found = index < proto.input_size() ? types_.find(proto.input(index)) : types_.end();
    return found == types_.end() ? 0 : found->second;
  };
  const auto attribute = [&](const char* name) -> const onnx::AttributeProto* {
    const auto found = std::ranges::find_if(proto.attribute(), [&](const auto& a) { return a.name() == name; });
    return found == proto.attribute().end() ? nullptr : &*found;
  };
  int type = 0;
  if (truths.contains(op)) {
    type = onnx::TensorProto::BOOL;
  } else if (indices.contains(op)) {
    type = onnx::TensorProto::INT64;
  } else if (op == "Cast") {
    if (const auto* to = attribute("to")) type = static_cast<int>(to->i());
  } else if (op == "Constant" || op == "ConstantOfShape") {
    type = onnx::TensorProto::FLOAT;
    if (const auto* tensor = attribute("value")) type = tensor->t().data_type();
    if (attribute("value_int") != nullptr || attribute("value_ints") != nullptr) type = onnx::TensorProto::INT64;
  } else if (op == "QuantizeLinear") {
    const auto* wanted = attribute("output_dtype");
    type = wanted != nullptr && wanted->i() != 0 ? static_cast<int>(wanted->i()) : of(2);
    if (type == 0) type = onnx::TensorProto::UINT8;
  } else {
    const auto other = typed_by.find(op);
    type = of(other == typed_by.end() ? 0 : other->second);
  }
  for (const auto& name : proto.output()) types_[name] = type;
  if (op == "TopK" && proto.output_size() > 1) types_[proto.output(1)] = onnx::TensorProto::INT64;
}

int OnnxGraph::element_type(const OnnxNode& node, int index) const {
  const auto found = has_input(node, index) ? types_.find(node.proto().input(index)) : types_.end();
  return found == types_.end() ? 0 : found->second;
}

void OnnxGraph::keep_batch(const OnnxNode& node, int x, int axis, const std::string& what) const {
  if (is_batch(x, axis)) {
    node.fail(fmt::format("it {} along axis {}, which is the batch, and that is not supported", what, axis));
  }
}

int OnnxGraph::function_step(const OnnxNode& node, periphery::digital::Function function, int x, int& step) {
  Node result = node_of(node, {x});
  result.op = Operator::function;
  result.function = function;
  return add_step(node, std::move(result), value(x).shape, step++);
}

int OnnxGraph::binary_step(const OnnxNode& node, Operator op, int a, int b, int& step) {
  Node result = node_of(node, {a, b});
  result.op = op;
  return add_step(node, std::move(result), broadcast(node, value(a).shape, value(b).shape), step++);
}

int OnnxGraph::reduce_step(const OnnxNode& node, periphery::digital::Reduction reduction, int x, std::vector<std::int64_t> axes, bool keepdims,
                           int& step) {
  Shape out;
  for (std::size_t i = 0; i < value(x).shape.size(); ++i) {
    const bool reduced = std::ranges::count(axes, static_cast<std::int64_t>(i)) > 0;
    if (!reduced || keepdims) out.push_back(reduced ? 1 : value(x).shape[i]);
  }
  Node result = node_of(node, {x});
  result.op = Operator::reduce;
  result.reduction = reduction;
  result.keepdims = keepdims;
  result.axes = std::move(axes);
  return add_step(node, std::move(result), std::move(out), step++);
}

int OnnxGraph::reshape_step(const OnnxNode& node, int x, Shape shape, int& step) {
  if (value(x).shape == shape) return x;
  Node result = node_of(node, {x});
  result.op = Operator::reshape;
  return add_step(node, std::move(result), std::move(shape), step++);
}

int OnnxGraph::transpose_step(const OnnxNode& node, int x, std::vector<std::int64_t> permutation, int& step) {
  if (std::ranges::is_sorted(permutation)) return x;
  Shape out;
  for (const std::int64_t axis : permutation) out.push_back(value(x).shape[static_cast<std::size_t>(axis)]);
  Node result = node_of(node, {x});
  result.op = Operator::transpose;
  result.axes = std::move(permutation);
  return add_step(node, std::move(result), std::move(out), step++);
}

int OnnxGraph::take_step(const OnnxNode& node, int x, int axis, std::vector<std::int64_t> indices, int& step) {
  const int made = take(node, x, axis, std::move(indices), fmt::format("{}.step{}", node.name(), step));
  ++step;
  return made;
}

void OnnxGraph::conclude(const OnnxNode& node, int x) {
  const std::string& name = node.proto().output(0);
  const std::string step = node.name() + ".step";
  if (!network_.nodes.empty() && network_.nodes.back().output == x && network_.nodes.back().name.starts_with(step)) {
    network_.nodes.back().name = node.name();
    network_.values[static_cast<std::size_t>(x)].name = name;
    value_by_name_[name] = x;
  } else if (value(x).constant) {
    alias(node, x);
  } else {
    Node view = node_of(node, {x});
    view.op = Operator::identity;
    add(node, std::move(view), value(x).shape);
  }
}

}  // namespace mho::workloads
