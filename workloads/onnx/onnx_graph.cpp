#include "workloads/onnx/onnx_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "workloads/execution/digital_execution.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {
namespace {

/// Elements of all constants made by folding, 4 GiB of float32.
constexpr std::int64_t largest_sum = std::int64_t{1} << 30U;

constexpr std::int64_t oldest_opset = 7, newest_opset = 20;

bool passes_through(const onnx::NodeProto& node) { return (node.op_type() == "Identity" || node.op_type() == "Dropout") && node.input_size() > 0; }

}  // namespace

OnnxGraph::OnnxGraph(const onnx::ModelProto& model, std::string file, ImportOptions options)
    : model_(model), file_(std::move(file)), options_(std::move(options)) {}

const std::map<std::string, OnnxGraph::Supported>& OnnxGraph::supported() {
  static const std::map<std::string, Supported> table{
      {"Abs", {&OnnxGraph::function, Operator::function}},
      {"Add", {&OnnxGraph::binary, Operator::add}},
      {"And", {&OnnxGraph::binary, Operator::both}},
      {"ArgMax", {&OnnxGraph::extreme_index, Operator::extreme_index}},
      {"ArgMin", {&OnnxGraph::extreme_index, Operator::extreme_index}},
      {"AveragePool", {&OnnxGraph::pooling, Operator::average_pool}},
      {"BatchNormalization", {&OnnxGraph::batch_normalization, Operator::batch_normalization}},
      {"Cast", {&OnnxGraph::cast, Operator::identity}},
      {"Ceil", {&OnnxGraph::function, Operator::function}},
      {"Celu", {&OnnxGraph::function, Operator::function}},
      {"Clip", {&OnnxGraph::clip, Operator::clip}},
      {"Concat", {&OnnxGraph::concat, Operator::concat}},
      {"Constant", {&OnnxGraph::constant_node, Operator::identity}},
      {"ConstantOfShape", {&OnnxGraph::constant_of_shape, Operator::identity}},
      {"Conv", {&OnnxGraph::convolution, Operator::conv}},
      {"ConvTranspose", {&OnnxGraph::transposed_convolution, Operator::overlap_add}},
      {"Cos", {&OnnxGraph::function, Operator::function}},
      {"CumSum", {&OnnxGraph::cumulative_sum, Operator::cumulative_sum}},
      {"DepthToSpace", {&OnnxGraph::blocks_to_space, Operator::transpose}},
      {"DequantizeLinear", {&OnnxGraph::dequantise, Operator::mul}},
      {"Div", {&OnnxGraph::binary, Operator::div}},
      {"Dropout", {&OnnxGraph::identity, Operator::identity}},
      {"Einsum", {&OnnxGraph::einsum, Operator::matmul}},
      {"Elu", {&OnnxGraph::function, Operator::function}},
      {"Equal", {&OnnxGraph::binary, Operator::equal}},
      {"Erf", {&OnnxGraph::function, Operator::function}},
      {"Exp", {&OnnxGraph::function, Operator::function}},
      {"Expand", {&OnnxGraph::expand, Operator::add}},
      {"Flatten", {&OnnxGraph::flatten, Operator::flatten}},
      {"Floor", {&OnnxGraph::function, Operator::function}},
      {"Gather", {&OnnxGraph::gather, Operator::take}},
      {"GatherElements", {&OnnxGraph::gather_elements, Operator::gather_elements}},
      {"GatherND", {&OnnxGraph::gather_nd, Operator::gather_nd}},
      {"Gelu", {&OnnxGraph::function, Operator::function}},
      {"GRU", {&OnnxGraph::recurrent, Operator::gru}},
      {"Gemm", {&OnnxGraph::gemm, Operator::gemm}},
      {"GlobalAveragePool", {&OnnxGraph::global_pool, Operator::global_pool}},
      {"GlobalMaxPool", {&OnnxGraph::global_pool, Operator::global_pool}},
      {"Greater", {&OnnxGraph::binary, Operator::greater}},
      {"GreaterOrEqual", {&OnnxGraph::binary, Operator::greater_or_equal}},
      {"GroupNormalization", {&OnnxGraph::group_normalization, Operator::instance_normalization}},
      {"HardSigmoid", {&OnnxGraph::function, Operator::function}},
      {"HardSwish", {&OnnxGraph::function, Operator::function}},
      {"Hardmax", {&OnnxGraph::hardmax, Operator::hardmax}},
      {"Identity", {&OnnxGraph::identity, Operator::identity}},
      {"InstanceNormalization", {&OnnxGraph::instance_normalization, Operator::instance_normalization}},
      {"LSTM", {&OnnxGraph::recurrent, Operator::lstm}},
      {"LRN", {&OnnxGraph::local_response_normalization, Operator::local_response}},
      {"LayerNormalization", {&OnnxGraph::layer_normalization, Operator::layer_normalization}},
      {"LeakyRelu", {&OnnxGraph::function, Operator::function}},
      {"Less", {&OnnxGraph::binary, Operator::less}},
      {"LessOrEqual", {&OnnxGraph::binary, Operator::less_or_equal}},
      {"Log", {&OnnxGraph::function, Operator::function}},
      {"LogSoftmax", {&OnnxGraph::softmax, Operator::log_softmax}},
      {"LpNormalization", {&OnnxGraph::lp_normalization, Operator::div}},
      {"MatMul", {&OnnxGraph::matmul, Operator::matmul}},
      {"Max", {&OnnxGraph::several, Operator::maximum}},
      {"MaxPool", {&OnnxGraph::pooling, Operator::max_pool}},
      {"Mean", {&OnnxGraph::several, Operator::add}},
      {"MeanVarianceNormalization", {&OnnxGraph::mean_variance_normalization, Operator::div}},
      {"Min", {&OnnxGraph::several, Operator::minimum}},
      {"Mish", {&OnnxGraph::function, Operator::function}},
      {"Mod", {&OnnxGraph::modulo, Operator::modulo}},
      {"Mul", {&OnnxGraph::binary, Operator::mul}},
      {"Neg", {&OnnxGraph::function, Operator::function}},
      {"NonZero", {&OnnxGraph::non_zero, Operator::identity}},
      {"Not", {&OnnxGraph::function, Operator::function}},
      {"Or", {&OnnxGraph::binary, Operator::either}},
      {"PRelu", {&OnnxGraph::parametric_relu, Operator::parametric_relu}},
      {"Pad", {&OnnxGraph::pad, Operator::pad}},
      {"Pow", {&OnnxGraph::binary, Operator::power}},
      {"RNN", {&OnnxGraph::recurrent, Operator::rnn}},
      {"QuantizeLinear", {&OnnxGraph::quantise, Operator::clip}},
      {"Range", {&OnnxGraph::range, Operator::identity}},
      {"Reciprocal", {&OnnxGraph::function, Operator::function}},
      {"ReduceL1", {&OnnxGraph::reduce, Operator::reduce}},
      {"ReduceL2", {&OnnxGraph::reduce, Operator::reduce}},
      {"ReduceLogSum", {&OnnxGraph::reduce, Operator::reduce}},
      {"ReduceLogSumExp", {&OnnxGraph::reduce, Operator::reduce}},
      {"ReduceMax", {&OnnxGraph::reduce, Operator::reduce}},
      {"ReduceMean", {&OnnxGraph::reduce, Operator::reduce}},
      {"ReduceMin", {&OnnxGraph::reduce, Operator::reduce}},
      {"ReduceProd", {&OnnxGraph::reduce, Operator::reduce}},
      {"ReduceSum", {&OnnxGraph::reduce, Operator::reduce}},
      {"ReduceSumSquare", {&OnnxGraph::reduce, Operator::reduce}},
      {"Relu", {&OnnxGraph::unary, Operator::relu}},
      {"Reshape", {&OnnxGraph::reshape, Operator::reshape}},
      {"Resize", {&OnnxGraph::resize, Operator::interpolate}},
      {"Round", {&OnnxGraph::function, Operator::function}},
      {"ScatterElements", {&OnnxGraph::scatter_elements, Operator::scatter_elements}},
      {"ScatterND", {&OnnxGraph::scatter_nd, Operator::scatter_nd}},
      {"Selu", {&OnnxGraph::function, Operator::function}},
      {"Shape", {&OnnxGraph::shape_of, Operator::identity}},
      {"Sigmoid", {&OnnxGraph::unary, Operator::sigmoid}},
      {"Sign", {&OnnxGraph::function, Operator::function}},
      {"Sin", {&OnnxGraph::function, Operator::function}},
      {"Size", {&OnnxGraph::size_of, Operator::identity}},
      {"Slice", {&OnnxGraph::slice, Operator::take}},
      {"Softmax", {&OnnxGraph::softmax, Operator::softmax}},
      {"Softplus", {&OnnxGraph::function, Operator::function}},
      {"Softsign", {&OnnxGraph::function, Operator::function}},
      {"SpaceToDepth", {&OnnxGraph::blocks_to_space, Operator::transpose}},
      {"Split", {&OnnxGraph::split, Operator::take}},
      {"Sqrt", {&OnnxGraph::function, Operator::function}},
      {"Squeeze", {&OnnxGraph::squeeze, Operator::squeeze}},
      {"Sub", {&OnnxGraph::binary, Operator::sub}},
      {"Sum", {&OnnxGraph::several, Operator::add}},
      {"Tanh", {&OnnxGraph::unary, Operator::tanh}},
      {"ThresholdedRelu", {&OnnxGraph::function, Operator::function}},
      {"Tile", {&OnnxGraph::tile, Operator::take}},
      {"TopK", {&OnnxGraph::top_k, Operator::top_k}},
      {"Transpose", {&OnnxGraph::transpose, Operator::transpose}},
      {"Trilu", {&OnnxGraph::triangle, Operator::where}},
      {"Unsqueeze", {&OnnxGraph::unsqueeze, Operator::unsqueeze}},
      {"Upsample", {&OnnxGraph::resize, Operator::interpolate}},
      {"Where", {&OnnxGraph::where, Operator::where}},
      {"Xor", {&OnnxGraph::binary, Operator::exclusive_or}},
  };
  return table;
}

Network OnnxGraph::build() {
  read_opset();
  read_constants();
  read_inputs();
  for (const auto& proto : model_.graph().node()) names_.push_back(unique_name(proto));
  count_uses();
  for (const int index : order()) import_node(index);
  return finish();
}

void OnnxGraph::read_opset() {
  for (const auto& opset : model_.opset_import()) {
    if (opset.domain().empty() || opset.domain() == "ai.onnx") opset_ = opset.version();
  }
  if (opset_ < oldest_opset || opset_ > newest_opset) {
    throw base::UserError(fmt::format("{}: operator set version {} is not supported; versions {} to {} are: export the network with one of them",
                                      file_, opset_, oldest_opset, newest_opset));
  }
}

void OnnxGraph::read_constants() {
  const auto& graph = model_.graph();
  if (graph.sparse_initializer_size() > 0) throw base::UserError(file_ + ": sparse initialisers are not supported; export the weights dense");
  for (const auto& initializer : graph.initializer()) {
    OnnxTensor tensor = read_tensor(initializer, fmt::format("{}: initialiser '{}'", file_, initializer.name()), options_.folder);
    if (value_by_name_.contains(initializer.name()))
      throw base::UserError(fmt::format("{}: two initialisers are named '{}'", file_, initializer.name()));
    types_[initializer.name()] = initializer.data_type();
    value_by_name_[initializer.name()] = add_constant(initializer.name(), std::move(tensor.shape), std::move(tensor.data));
    trace_source(value_by_name_[initializer.name()], initializer.name(), initializer.data_type());
  }
}

void OnnxGraph::count_uses() {
  for (const auto& proto : model_.graph().node()) {
    if (passes_through(proto) && proto.output_size() > 0) alias_root_[proto.output(0)] = proto.input(0);
  }
  const auto root = [&](std::string name) {
    // A cycle of Identity nodes ends after as many steps as there are names; order() reports it.
    for (std::size_t step = 0; step <= alias_root_.size(); ++step) {
      const auto found = alias_root_.find(name);
      if (found == alias_root_.end()) break;
      name = found->second;
    }
    return name;
  };
  for (auto& [name, target] : alias_root_) target = root(target);
  for (const auto& proto : model_.graph().node()) {
    if (passes_through(proto)) continue;
    for (const auto& name : proto.input()) ++uses_[root(name)];
  }
  for (const auto& out : model_.graph().output()) ++uses_[root(out.name())];
}

std::vector<int> OnnxGraph::order() {
  const auto& nodes = model_.graph().node();
  std::map<std::string, int> producer;
  for (int i = 0; i < nodes.size(); ++i) {
    for (const auto& name : nodes[i].output()) {
      if (name.empty()) continue;
      if (value_by_name_.contains(name) || !producer.emplace(name, i).second) {
        OnnxNode(nodes[i], file_, names_[static_cast<std::size_t>(i)]).fail(fmt::format("tensor '{}' is produced twice; the graph is damaged", name));
      }
    }
  }
  // Files list nodes in order nearly always; a node waits until the producers of its inputs are placed.
  std::vector<int> waiting(static_cast<std::size_t>(nodes.size()), 0), result;
  std::vector<std::vector<int>> readers(static_cast<std::size_t>(nodes.size()));
  for (int i = 0; i < nodes.size(); ++i) {
    for (const auto& name : nodes[i].input()) {
      if (name.empty() || value_by_name_.contains(name)) continue;
      const auto found = producer.find(name);
      if (found == producer.end()) {
        OnnxNode(nodes[i], file_, names_[static_cast<std::size_t>(i)])
            .fail(fmt::format("its input tensor '{}' is neither an initialiser, nor the network's input, nor made by another node", name));
      }
      ++waiting[static_cast<std::size_t>(i)];
      readers[static_cast<std::size_t>(found->second)].push_back(i);
    }
  }
  std::set<int> ready;
  for (int i = 0; i < nodes.size(); ++i) {
    if (waiting[static_cast<std::size_t>(i)] == 0) ready.insert(i);
  }
  while (!ready.empty()) {
    const int next = *ready.begin();
    ready.erase(ready.begin());
    result.push_back(next);
    for (const int reader : readers[static_cast<std::size_t>(next)]) {
      if (--waiting[static_cast<std::size_t>(reader)] == 0) ready.insert(reader);
    }
  }
  for (int i = 0; i < nodes.size(); ++i) {
    if (waiting[static_cast<std::size_t>(i)] != 0) {
      const auto& proto = nodes[i];
      OnnxNode(proto, file_, names_[static_cast<std::size_t>(i)])
          .fail(fmt::format("its output tensor '{}' depends on itself (a cycle) or on such a tensor; the graph is damaged",
                            proto.output_size() > 0 ? proto.output(0) : ""));
    }
  }
  return result;
}

std::string OnnxGraph::unique_name(const onnx::NodeProto& proto) {
  std::string name = proto.name();
  if (name.empty()) name = proto.output_size() > 0 && !proto.output(0).empty() ? proto.output(0) : proto.op_type();
  std::string candidate = name;
  for (int i = 2; !node_names_.insert(candidate).second; ++i) candidate = fmt::format("{}_{}", name, i);
  return candidate;
}

void OnnxGraph::import_node(int index) {
  const auto& proto = model_.graph().node(index);
  const OnnxNode node(proto, file_, names_[static_cast<std::size_t>(index)]);
  const auto found = supported().find(proto.op_type());
  if (found == supported().end() || !(proto.domain().empty() || proto.domain() == "ai.onnx")) {
    std::string list;
    for (const auto& [name, entry] : supported()) list += (list.empty() ? "" : ", ") + name;
    const std::string domain = proto.domain().empty() || proto.domain() == "ai.onnx" ? "" : " of domain '" + proto.domain() + "'";
    node.fail(fmt::format("operator {}{} is not supported; supported are {}", proto.op_type(), domain, list));
  }
  const bool recurrent = found->second.importer == &OnnxGraph::recurrent;
  const auto empty = [](const std::string& name) { return name.empty(); };
  if (proto.output_size() == 0 || (recurrent ? std::ranges::all_of(proto.output(), empty) : proto.output(0).empty())) {
    node.fail("has no output; the graph is damaged");
  }
  note_types(proto);
  (this->*found->second.importer)(node);
}

Network OnnxGraph::finish() {
  resolve_outputs();
  // Only what leads to the output is kept: dead nodes, and constants that went into folded ones, would cost memory and time.
  std::vector<bool> needed(network_.values.size(), false);
  std::vector<int*> ends{&network_.input, &network_.output};
  if (network_.length_input >= 0) ends.push_back(&network_.length_input);
  for (CarriedState& state : network_.states) ends.insert(ends.end(), {&state.input, &state.output});
  for (const int* end : ends) needed[static_cast<std::size_t>(*end)] = true;
  std::vector<Node> kept;
  for (std::size_t i = network_.nodes.size(); i-- > 0;) {
    Node& node = network_.nodes[i];
    if (!needed[static_cast<std::size_t>(node.output)]) continue;
    for (const int in : node.inputs) needed[static_cast<std::size_t>(in)] = true;
    kept.push_back(std::move(node));
  }
  std::reverse(kept.begin(), kept.end());
  std::vector<int> moved(network_.values.size(), -1);
  std::vector<ValueInfo> values;
  for (std::size_t i = 0; i < network_.values.size(); ++i) {
    if (!needed[i]) continue;
    moved[i] = static_cast<int>(values.size());
    values.push_back(std::move(network_.values[i]));
  }
  for (Node& node : kept) {
    node.output = moved[static_cast<std::size_t>(node.output)];
    for (int& in : node.inputs) in = moved[static_cast<std::size_t>(in)];
  }
  for (int* end : ends) *end = moved[static_cast<std::size_t>(*end)];
  std::vector<int> moved_matrix(network_.matrices.size(), -1);
  std::vector<Matrix> matrices;
  for (Node& node : kept) {
    for (int& index : node.matrices) {
      int& target = moved_matrix[static_cast<std::size_t>(index)];
      if (target < 0) {
        target = static_cast<int>(matrices.size());
        matrices.push_back(std::move(network_.matrices[static_cast<std::size_t>(index)]));
      }
      index = target;
    }
  }
  network_.matrices = std::move(matrices);
  network_.values = std::move(values);
  network_.nodes = std::move(kept);
  return std::move(network_);
}

bool OnnxGraph::has_input(const OnnxNode& node, int index) const { return index < node.proto().input_size() && !node.proto().input(index).empty(); }

int OnnxGraph::input(const OnnxNode& node, int index) const {
  if (!has_input(node, index)) node.fail(fmt::format("input {} is missing; the graph is damaged", index));
  const std::string& name = node.proto().input(index);
  const auto found = value_by_name_.find(name);
  if (found == value_by_name_.end()) node.fail(fmt::format("its input tensor '{}' is a second output of another node, which is not supported", name));
  return found->second;
}

const ValueInfo& OnnxGraph::constant(const OnnxNode& node, int index, const std::string& what) const {
  const ValueInfo& info = value(input(node, index));
  if (!info.constant) node.fail(fmt::format("{} (tensor '{}') must be constant, but depends on the network's input", what, info.name));
  return info;
}

std::vector<std::int64_t> OnnxGraph::constant_integers(const OnnxNode& node, int index, const std::string& what) const {
  const ValueInfo& info = constant(node, index, what);
  std::vector<std::int64_t> result;
  for (const float number : info.data) {
    if (!(std::abs(number) <= 0x1p24F) || number != std::trunc(number)) {
      node.fail(fmt::format("{} (tensor '{}') holds {}, which is no usable length or axis", what, info.name, number));
    }
    result.push_back(static_cast<std::int64_t>(number));
  }
  return result;
}

int OnnxGraph::add_constant(const std::string& name, Shape shape, std::vector<float> data) {
  network_.values.push_back({.name = name, .shape = std::move(shape), .constant = true, .data = std::move(data)});
  return static_cast<int>(network_.values.size()) - 1;
}

Node OnnxGraph::node_of(const OnnxNode& from, std::vector<int> inputs) const {
  Node node;
  node.name = from.name();
  node.operation = from.proto().op_type();
  node.op = supported().at(from.proto().op_type()).op;
  node.inputs = std::move(inputs);
  return node;
}

void OnnxGraph::add(const OnnxNode& from, Node node, Shape shape) {
  const std::string& name = from.proto().output(0);
  value_by_name_[name] = append(from, std::move(node), std::move(shape), name);
}

int OnnxGraph::add_step(const OnnxNode& from, Node node, Shape shape, int step) {
  node.name += fmt::format(".step{}", step);
  const std::string name = node.name;
  return append(from, std::move(node), std::move(shape), name);
}

std::int64_t OnnxGraph::counted(const OnnxNode& node, const Shape& shape, bool may_be_empty) {
  std::int64_t count = 1;
  for (const std::int64_t length : shape) {
    if (length < 0 || (length == 0 && !may_be_empty))
      node.fail(fmt::format("its output would have shape {}, which holds no values", shape_text(shape)));
    if (length != 0 && count > largest_tensor / length)
      node.fail(fmt::format("its output {} has more than {} elements", shape_text(shape), largest_tensor));
    count *= length;
  }
  return count;
}

int OnnxGraph::append(const OnnxNode& from, Node node, Shape shape, const std::string& name) {
  // Shape arithmetic makes lists of no lengths, activations always hold something.
  const bool constants = !node.inputs.empty() && std::ranges::all_of(node.inputs, [&](int i) { return value(i).constant; });
  const std::int64_t count = counted(from, shape, constants);
  network_.values.push_back({.name = name, .shape = std::move(shape), .data = {}});
  const int output = static_cast<int>(network_.values.size()) - 1;
  node.output = output;
  if (const auto batch = batch_axis_of(node, value(output).shape)) batch_axis_[output] = *batch;
  if (!constants) {
    network_.nodes.push_back(std::move(node));
    return output;
  }
  // Many small nodes may each make a large constant.
  made_ += count;
  if (made_ > largest_sum) from.fail(fmt::format("the constants that the graph makes have more than {} elements together", largest_sum));
  std::vector<float> result(static_cast<std::size_t>(count));
  std::vector<std::span<const float>> inputs;
  for (const int i : node.inputs) inputs.emplace_back(value(i).data);
  if (count != 0) run_digital(network_, node, inputs, result);
  ValueInfo& made = network_.values[static_cast<std::size_t>(node.output)];
  made.constant = true;
  made.data = std::move(result);
  trace_folded(node);
  return output;
}

bool OnnxGraph::is_batch(int value_index, int axis) const {
  const auto known = batch_axis_.find(value_index);
  return known != batch_axis_.end() && known->second == axis;
}

std::optional<int> OnnxGraph::batch_axis_of(const Node& node, const Shape& shape) const {
  const auto from = std::ranges::find_if(node.inputs, [&](int i) { return batch_axis_.contains(i); });
  if (from == node.inputs.end()) return std::nullopt;
  const Shape& in = value(*from).shape;
  const int axis = batch_axis_.at(*from), rank = static_cast<int>(shape.size());
  const auto before = [&](int end) { return static_cast<int>(std::ranges::count_if(node.axes, [&](std::int64_t a) { return a < end; })); };
  int moved = axis + rank - static_cast<int>(in.size());  // shapes are aligned at their last axis
  switch (node.op) {
    case Operator::lstm:
    case Operator::gru:
    case Operator::rnn:
    case Operator::row_at:
      moved = 1;
      break;
    case Operator::transpose:
      moved = static_cast<int>(std::ranges::find(node.axes, axis) - node.axes.begin());
      break;
    case Operator::squeeze:
      moved = axis - before(axis);
      break;
    case Operator::unsqueeze:
      moved = axis;
      for (const std::int64_t made : node.axes) moved += made <= moved ? 1 : 0;  // in ascending order
      break;
    case Operator::reduce:
      moved = node.keepdims ? axis : axis - before(axis);
      break;
    case Operator::reshape:
    case Operator::flatten:
      // Only the usual case is followed: the batch stays in front.
      if (axis != 0 || shape.empty()) return std::nullopt;
      moved = 0;
      break;
    case Operator::embed:
      moved = axis;
      break;
    default:
      break;
  }
  const bool single = moved >= 0 && moved < rank && shape[static_cast<std::size_t>(moved)] == 1;
  return single ? std::optional(moved) : std::nullopt;
}

void OnnxGraph::alias(const OnnxNode& node, int value_index) { value_by_name_[node.proto().output(0)] = value_index; }

int OnnxGraph::normal_axis(const OnnxNode& node, std::int64_t axis, std::size_t rank) {
  const auto r = static_cast<std::int64_t>(rank);
  if (axis < -r || axis >= r) node.fail(fmt::format("axis {} is outside its tensor of {} axes", axis, rank));
  return static_cast<int>(axis < 0 ? axis + r : axis);
}

Shape OnnxGraph::broadcast(const OnnxNode& node, const Shape& a, const Shape& b) const {
  Shape result(std::max(a.size(), b.size()), 1);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int64_t p = i < a.size() ? a[a.size() - 1 - i] : 1, q = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (p != q && p != 1 && q != 1) node.fail(fmt::format("shapes {} and {} do not fit each other", shape_text(a), shape_text(b)));
    result[result.size() - 1 - i] = p == 1 ? q : p;
  }
  return result;
}

std::size_t OnnxGraph::sole_producer(int value_index) const {
  const auto found = uses_.find(value(value_index).name);
  if (found == uses_.end() || found->second != 1) return network_.nodes.size();
  for (std::size_t i = network_.nodes.size(); i-- > 0;) {
    if (network_.nodes[i].output == value_index) {
      const bool plain = network_.nodes[i].on_tiles() && !network_.nodes[i].recurrence;
      return plain ? i : network_.nodes.size();
    }
  }
  return network_.nodes.size();
}

}  // namespace mho::workloads
