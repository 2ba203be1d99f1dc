#include "workloads/onnx/onnx_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "workloads/onnx/onnx_importer.h"
#include "workloads/onnx/onnx_trace.h"
#include "workloads/onnx/onnx_values.h"

namespace mho::workloads {

namespace {

/// Elements of all constants made by folding, 4 GiB of float32.
constexpr std::int64_t largest_sum = std::int64_t{1} << 30U;

}  // namespace

bool OnnxBuilder::has_input(const OnnxNode& node, int index) const { return index < node.input_count() && !node.input(index).empty(); }

int OnnxBuilder::input(const OnnxNode& node, int index) const {
  if (!has_input(node, index)) node.fail(fmt::format("input {} is missing; the graph is damaged", index));
  const std::string& name = node.input(index);
  const auto found = value_by_name_.find(name);
  if (found == value_by_name_.end()) node.fail(fmt::format("its input tensor '{}' is a second output of another node, which is not supported", name));
  return found->second;
}

const ValueInfo& OnnxBuilder::constant(const OnnxNode& node, int index, const std::string& what) const {
  const ValueInfo& info = weights(node, index, what);
  load(input(node, index));
  return info;
}

const ValueInfo& OnnxBuilder::weights(const OnnxNode& node, int index, const std::string& what) const {
  const ValueInfo& info = value(input(node, index));
  if (!info.constant) node.fail(fmt::format("{} (tensor '{}') must be constant, but depends on the network's input", what, info.name));
  return info;
}

std::vector<std::int64_t> OnnxBuilder::constant_integers(const OnnxNode& node, int index, const std::string& what) const {
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

int OnnxBuilder::add_constant(const std::string& name, Shape shape, std::vector<float> data) {
  network_.values.push_back({.name = name, .shape = std::move(shape), .constant = true, .data = std::move(data)});
  return static_cast<int>(network_.values.size()) - 1;
}

std::int64_t OnnxBuilder::constant_integer(const OnnxNode& node, int index, const std::string& what) const {
  const auto list = constant_integers(node, index, what);
  if (list.size() != 1) node.fail(fmt::format("{} has shape {}; a single whole number is needed", what, shape_text(value(input(node, index)).shape)));
  return list[0];
}

std::vector<std::int64_t> OnnxBuilder::axes(const OnnxNode& node, int since_opset) const {
  if (opset_ < since_opset) return node.integers("axes");
  return has_input(node, 1) ? constant_integers(node, 1, "axes") : std::vector<std::int64_t>();
}

int OnnxBuilder::element_type(const OnnxNode& node, int index) const {
  const auto found = has_input(node, index) ? types_.find(node.input(index)) : types_.end();
  return found == types_.end() ? 0 : found->second;
}

int OnnxBuilder::type_of(const std::string& name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? 0 : found->second;
}

int OnnxBuilder::readers(const std::string& name) const {
  const auto found = uses_.find(name);
  return found == uses_.end() ? 0 : found->second;
}

void OnnxBuilder::pass_readers(const std::string& name, int made, bool renamed) {
  std::string& own = network_.values[static_cast<std::size_t>(made)].name;
  if (name == own) return;
  const int all = readers(name) + readers(own) - 1;
  uses_[renamed ? name : own] = all;
  if (renamed) own = name;
}

void OnnxBuilder::import_inner(const onnx::NodeProto& proto, const std::string& name, std::int64_t opset) {
  const std::int64_t before = read_by(opset);
  inner_(proto, name);
  read_by(before);
}

int OnnxBuilder::find(const std::string& name) const {
  const auto found = value_by_name_.find(name);
  return found == value_by_name_.end() ? -1 : found->second;
}

void OnnxBuilder::add(const OnnxNode& from, Node node, Shape shape) {
  const std::string& name = from.output(0);
  value_by_name_[name] = append(from, std::move(node), std::move(shape), name);
}

int OnnxBuilder::add_step(const OnnxNode& from, Node node, Shape shape, int& step) {
  node.name += fmt::format(".step{}", step++);
  const std::string name = node.name;
  return append(from, std::move(node), std::move(shape), name);
}

void OnnxBuilder::name_output(const OnnxNode& node, int value, int output) { value_by_name_[node.output(output)] = value; }

bool OnnxBuilder::take_last_step(const OnnxNode& node, int x) {
  if (network_.nodes.empty() || network_.nodes.back().output != x || last_from_ != node.name()) return false;
  network_.nodes.back().name = node.name();
  network_.values[static_cast<std::size_t>(x)].name = node.output(0);
  name_output(node, x);
  return true;
}

int OnnxBuilder::append(const OnnxNode& from, Node node, Shape shape, const std::string& name) {
  // Shape arithmetic produces empty lists; activations are never empty.
  const bool constants = !node.inputs.empty() && std::ranges::all_of(node.inputs, [&](int i) { return value(i).constant; });
  const std::int64_t count = counted(from, shape, constants);
  network_.values.push_back({.name = name, .shape = std::move(shape), .data = {}});
  const int output = static_cast<int>(network_.values.size()) - 1;
  node.output = output;
  if (constants) {
    fold(from, node, count);
  } else {
    for (std::size_t k = 1; node.op->trained == TrainedConstants::after_first && k < node.inputs.size(); ++k) {
      if (value(node.inputs[k]).constant) check_trained(from, node.inputs[k], "its trained numbers", true);
    }
    check_batch(from, node, value(output).shape);
    note_batch(output, batch_after(node, value(output).shape));
    network_.nodes.push_back(std::move(node));
    last_from_ = from.name();
  }
  return output;
}

void OnnxBuilder::fold(const OnnxNode& from, const Node& node, std::int64_t count) {
  folded_from_[node.output] = node.inputs;
  if (const auto view = seen_through(node)) {
    ValueInfo& made = network_.values[static_cast<std::size_t>(node.output)];
    made.constant = true;
    made.reader = [view = *view] { return read(view); };
    stored_.emplace(node.output, *view);
    return;
  }
  // The limit is on the sum: each of many small nodes could produce a large constant.
  made_ += count;
  if (made_ > largest_sum) from.fail(fmt::format("the constants that the graph makes have more than {} elements together", largest_sum));
  std::vector<float> result(static_cast<std::size_t>(count));
  std::vector<std::span<const float>> inputs;
  std::vector<std::vector<float>> from_file(node.inputs.size());
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const ValueInfo& info = value(node.inputs[k]);
    if (info.reader) from_file[k] = info.reader();
    inputs.emplace_back(info.reader ? from_file[k] : info.data);
  }
  if (count != 0) run_digital(network_, node, inputs, result);
  ValueInfo& made = network_.values[static_cast<std::size_t>(node.output)];
  made.constant = true;
  made.data = std::move(result);
  if (traced_ && !made.data.empty()) made.origin = origin_of_folded(network_, node);
  if (std::ranges::any_of(node.inputs, [&](int input) { return in_batch_.contains(input); })) fold_in_batch(node);
}

std::size_t OnnxBuilder::sole_producer(int value_index) const {
  const auto found = uses_.find(value(value_index).name);
  if (found == uses_.end() || found->second != 1) return network_.nodes.size();
  for (std::size_t i = network_.nodes.size(); i-- > 0;) {
    if (network_.nodes[i].output == value_index) {
      const bool plain = network_.nodes[i].on_tiles() && network_.nodes[i].recurrence() == nullptr;
      return plain ? i : network_.nodes.size();
    }
  }
  return network_.nodes.size();
}

Matrix OnnxBuilder::empty_matrix(const OnnxNode& node, const std::string& name, const MatrixShape& shape) {
  if (shape.inputs < 1 || shape.outputs < 1 || shape.inputs > largest_tensor / shape.outputs) {
    node.fail(fmt::format("a matrix of {} outputs and {} inputs is not supported: at least one of each, at most {} elements", shape.outputs,
                          shape.inputs, largest_tensor));
  }
  Matrix made;
  made.name = name;
  made.inputs = static_cast<int>(shape.inputs);
  made.outputs = static_cast<int>(shape.outputs);
  made.groups = static_cast<int>(shape.groups);
  return made;
}

Matrix& OnnxBuilder::own_matrix(Node& node) {
  int& index = node.matrices.at(0);
  const auto users = std::ranges::count_if(network_.nodes, [&](const Node& other) { return std::ranges::count(other.matrices, index) > 0; });
  if (users > 1) {
    Matrix copy = network_.matrices[static_cast<std::size_t>(index)];
    copy.name = node.name;
    network_.matrices.push_back(std::move(copy));
    index = static_cast<int>(network_.matrices.size()) - 1;
  } else {
    std::erase_if(matrix_by_key_, [&](const auto& entry) { return entry.second == index; });
  }
  return network_.matrices[static_cast<std::size_t>(index)];
}

void OnnxBuilder::note_source(int index, const std::string& initialiser, int type) {
  // Integers are indices, lengths and ids, or weights whose scale is in another node.
  if (!traced_ || !is_real(type)) return;
  ValueInfo& value = network_.values[static_cast<std::size_t>(index)];
  value.origin.initialiser = initialiser;
  value.origin.element.resize(value.data.size());
  std::iota(value.origin.element.begin(), value.origin.element.end(), std::int64_t{0});
}

Node node_of(const OnnxNode& from, const Operator& op, Attributes attributes, std::vector<int> inputs) {
  Node node;
  node.name = from.name();
  node.operation = from.op_type();
  node.op = &op;
  node.attributes = std::move(attributes);
  node.inputs = std::move(inputs);
  return node;
}

int normal_axis(const OnnxNode& node, std::int64_t axis, std::size_t rank) {
  const auto r = static_cast<std::int64_t>(rank);
  if (axis < -r || axis >= r) node.fail(fmt::format("axis {} is outside its tensor of {} axes", axis, rank));
  return static_cast<int>(axis < 0 ? axis + r : axis);
}

Shape broadcast(const OnnxNode& node, const Shape& a, const Shape& b) {
  Shape result(std::max(a.size(), b.size()), 1);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int64_t p = i < a.size() ? a[a.size() - 1 - i] : 1, q = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (p != q && p != 1 && q != 1) node.fail(fmt::format("shapes {} and {} do not fit each other", shape_text(a), shape_text(b)));
    result[result.size() - 1 - i] = p == 1 ? q : p;
  }
  return result;
}

std::int64_t counted(const OnnxNode& node, const Shape& shape, bool may_be_empty) {
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

std::size_t bounded_count(const OnnxNode& node, const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t length : shape) {
    if (length < 0) node.fail(fmt::format("shape {} has a negative length", shape_text(shape)));
    if (length != 0 && count > largest_tensor / length)
      node.fail(fmt::format("shape {} has more than {} elements", shape_text(shape), largest_tensor));
    count *= length;
  }
  return static_cast<std::size_t>(count);
}

int truth_type(const OnnxBuilder& /*graph*/, const OnnxNode& /*node*/, int /*output*/) { return bool_type; }
int index_type(const OnnxBuilder& /*graph*/, const OnnxNode& /*node*/, int /*output*/) { return int64_type; }
int type_of_second(const OnnxBuilder& graph, const OnnxNode& node, int /*output*/) { return graph.element_type(node, 1); }

}  // namespace mho::workloads
