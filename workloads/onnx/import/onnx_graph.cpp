#include "workloads/onnx/import/onnx_graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "workloads/onnx/onnx_outline.h"
#include "workloads/onnx/onnx_tensor.h"
#include "workloads/operators/families.h"

namespace mho::workloads {
namespace {

/// Tensors with at least this number of elements stay in the file.
constexpr std::size_t large_elements = std::size_t{1} << 16U;

constexpr std::int64_t oldest_opset = 6, newest_opset = 24;

void check_opset(std::int64_t version, const std::string& file) {
  if (version < oldest_opset || version > newest_opset) {
    throw base::UserError(fmt::format("{}: operator set version {} is not supported; versions {} to {} are: export the network with one of them",
                                      file, version, oldest_opset, newest_opset));
  }
}

std::int64_t opset_of(const onnx::ModelProto& model, const std::string& file) {
  std::int64_t version = 0;
  for (const auto& opset : model.opset_import()) {
    if (opset.domain().empty() || opset.domain() == "ai.onnx") version = opset.version();
  }
  check_opset(version, file);
  return version;
}

/// Replaces the numbers of values and matrices by those of `moved`.
void renumber(Network& network, const std::vector<int*>& ends, const std::vector<bool>& needed) {
  std::vector<int> moved(network.values.size(), -1);
  std::vector<ValueInfo> values;
  for (std::size_t i = 0; i < network.values.size(); ++i) {
    if (!needed[i]) continue;
    moved[i] = static_cast<int>(values.size());
    values.push_back(std::move(network.values[i]));
  }
  for (Node& node : network.nodes) {
    node.output = moved[static_cast<std::size_t>(node.output)];
    for (int& in : node.inputs) in = moved[static_cast<std::size_t>(in)];
  }
  for (int* end : ends) *end = moved[static_cast<std::size_t>(*end)];
  std::vector<int> moved_matrix(network.matrices.size(), -1);
  std::vector<Matrix> matrices;
  for (Node& node : network.nodes) {
    for (int& index : node.matrices) {
      int& target = moved_matrix[static_cast<std::size_t>(index)];
      if (target < 0) {
        target = static_cast<int>(matrices.size());
        matrices.push_back(std::move(network.matrices[static_cast<std::size_t>(index)]));
      }
      index = target;
    }
  }
  network.matrices = std::move(matrices);
  network.values = std::move(values);
}

/// The name, or the first unused name of NAME_2, NAME_3, ...
std::string unused_name(const std::string& name, std::set<std::string>& used) {
  std::string candidate = name;
  for (int i = 2; !used.insert(candidate).second; ++i) candidate = fmt::format("{}_{}", name, i);
  return candidate;
}

/// Makes the names of nodes and of matrices unique. If several nodes have one name, a node on tiles keeps it. A matrix is named after the first node
/// that uses it.
void make_names_unique(Network& network) {
  std::set<std::string> used, used_by_matrices;
  std::set<int> known;
  for (const bool on_tiles : {true, false}) {
    for (Node& node : network.nodes) {
      if (node.on_tiles() != on_tiles) continue;
      const std::string before = node.name;
      node.name = unused_name(before, used);
      for (const int index : node.matrices) {
        Matrix& matrix = network.matrices[static_cast<std::size_t>(index)];
        if (known.insert(index).second) matrix.name = unused_name(matrix.name == before ? node.name : matrix.name, used_by_matrices);
      }
    }
  }
}

}  // namespace

OnnxGraph::OnnxGraph(const onnx::ModelProto& model, std::string file, ImportOptions options, OpsetByOutput opsets)
    : model_(model),
      file_(std::move(file)),
      options_(std::move(options)),
      builder_(file_, opset_of(model, file_), options_.trace),
      opsets_(std::move(opsets)) {
  for (const auto& [output, version] : opsets_) check_opset(version, file_);
  for (const OperatorFamily* family : operator_families()) {
    for (const OnnxImporter& importer : family->importers) {
      if (importer.domain.empty()) {
        importers_.emplace(importer.op_type, &importer);
      } else {
        foreign_importers_.emplace(std::pair(importer.domain, importer.op_type), &importer);
      }
      if (const int but = std::max(importer.aligned_but, family->aligned_but); but >= 0) aligned_but_[&importer] = but;
    }
  }
  builder_.import_inner_by([this](const onnx::NodeProto& proto, const std::string& name) { import_node(proto, name); });
}

Network OnnxGraph::build() {
  read_constants();
  read_inputs();
  for (const auto& proto : model_.graph().node()) names_.push_back(unique_name(proto));
  count_uses();
  for (const auto& proto : model_.graph().node()) tensor_names_.insert(proto.output().begin(), proto.output().end());
  for (const auto& initializer : model_.graph().initializer()) tensor_names_.insert(initializer.name());
  for (const auto& in : model_.graph().input()) tensor_names_.insert(in.name());
  for (const int index : order()) import_node(model_.graph().node(index), names_[static_cast<std::size_t>(index)]);
  return finish();
}

void OnnxGraph::read_constants() {
  const auto& graph = model_.graph();
  if (graph.sparse_initializer_size() > 0) throw base::UserError(file_ + ": sparse initialisers are not supported; export the weights dense");
  for (const auto& initializer : graph.initializer()) read_constant(initializer);
}

void OnnxGraph::read_constant(const onnx::TensorProto& initializer) {
  const std::string where = fmt::format("{}: initialiser '{}'", file_, initializer.name());
  if (options_.leave_weights) {
    const Shape shape = read_shape(initializer, where);
    if (auto tensor = left_in_file(initializer, where, shape)) {
      if (is_known(initializer.name())) throw base::UserError(fmt::format("{}: two initialisers are named '{}'", file_, initializer.name()));
      return add_trained(initializer.name(), std::move(tensor), shape, initializer.data_type());
    }
  }
  OnnxTensor tensor = read_tensor(initializer, where, options_.folder, options_.limit);
  if (is_known(initializer.name())) throw base::UserError(fmt::format("{}: two initialisers are named '{}'", file_, initializer.name()));
  builder_.note_type(initializer.name(), initializer.data_type());
  const int made = builder_.add_constant(initializer.name(), std::move(tensor.shape), std::move(tensor.data));
  builder_.name_value(initializer.name(), made);
  builder_.note_source(made, initializer.name(), initializer.data_type());
}

std::shared_ptr<const StoredTensor> OnnxGraph::left_in_file(const onnx::TensorProto& initializer, const std::string& where, const Shape& shape) {
  const int type = initializer.data_type();
  const auto elements = static_cast<std::size_t>(element_count(shape));
  const std::size_t bytes = elements * element_bytes(type);
  if (const auto place = own_place(initializer)) {
    if (place->bytes != bytes || bytes == 0) {
      throw base::UserError(fmt::format("{}: shape {} of {} needs {} bytes, but the file holds {}; the file is damaged", where, shape_text(shape),
                                        type_name(type), bytes, place->bytes));
    }
    return stored_in_file(file_, place->offset, type, elements, where);
  }
  if (!is_external(initializer) || bytes == 0) return nullptr;
  const DataPlace place = external_place(initializer, where, options_.folder);
  if (place.missing) return absent(initializer.name(), shape, type, fmt::format("{}: its values lie in '{}', which is not there", where, place.path));
  return elements >= large_elements ? stored_in_file(place.path, place.offset, type, elements, where) : nullptr;
}

std::shared_ptr<const StoredTensor> OnnxGraph::absent(const std::string& name, const Shape& shape, int type, const std::string& where) {
  // Long integer lists are indices or masks, of which only the shape matters. Short lists are lengths or axes.
  constexpr std::int64_t longest_list = 64;
  if (!is_real(type) && !quantized_range(type) && element_count(shape) <= longest_list) {
    throw base::UserError(fmt::format("{}; it holds {}, which may be lengths or axes: nothing can stand in for them", where, type_name(type)));
  }
  builder_.network().absent_weights.push_back(name);
  return stand_in(name, shape, type);
}

void OnnxGraph::add_trained(const std::string& name, std::shared_ptr<const StoredTensor> tensor, const Shape& shape, int type) {
  builder_.note_type(name, type);
  const int made = builder_.add_stored(name, whole_view(std::move(tensor), shape));
  builder_.name_value(name, made);
  const bool weights = is_real(type) || quantized_range(type);
  if (!weights || element_count(shape) < static_cast<std::int64_t>(large_elements)) builder_.load(made);
}

const OnnxImporter* OnnxGraph::importer_of(const onnx::NodeProto& node) const {
  if (node.domain().empty() || node.domain() == "ai.onnx") {
    const auto found = importers_.find(node.op_type());
    return found != importers_.end() ? found->second : nullptr;
  }
  const bool quantiser = node.domain() == "finn.custom_op.general" || node.domain() == "onnx.brevitas";
  const auto found = foreign_importers_.find({quantiser ? qonnx_domain : std::string_view(node.domain()), node.op_type()});
  return found != foreign_importers_.end() ? found->second : nullptr;
}

bool OnnxGraph::passes_through(const onnx::NodeProto& proto) const {
  const OnnxImporter* importer = importer_of(proto);
  return importer != nullptr && importer->passes_through && proto.input_size() > 0;
}

void OnnxGraph::note_alias(const onnx::NodeProto& proto) {
  if (passes_through(proto) && proto.output_size() > 0) alias_root_[proto.output(0)] = proto.input(0);
}

std::string OnnxGraph::root_of(std::string name) const {
  // A cycle of Identity nodes ends after at most as many steps as there are names; order() reports it.
  for (std::size_t step = 0; step <= alias_root_.size(); ++step) {
    const auto found = alias_root_.find(name);
    if (found == alias_root_.end()) break;
    name = found->second;
  }
  return name;
}

void OnnxGraph::count_uses() {
  std::map<std::string, int> uses;
  for (const auto& proto : model_.graph().node()) note_alias(proto);
  for (auto& [name, target] : alias_root_) target = root_of(target);
  for (const auto& proto : model_.graph().node()) {
    if (passes_through(proto)) continue;
    for (const auto& name : tensors_read(proto)) ++uses[root_of(name)];
  }
  for (const auto& out : model_.graph().output()) ++uses[root_of(out.name())];
  builder_.note_uses(std::move(uses));
}

std::vector<int> OnnxGraph::order() {
  const auto& nodes = model_.graph().node();
  std::map<std::string, int> producer;
  for (int i = 0; i < nodes.size(); ++i) {
    for (const auto& name : nodes[i].output()) {
      if (name.empty()) continue;
      if (is_known(name) || !producer.emplace(name, i).second) {
        OnnxNode(nodes[i], file_, names_[static_cast<std::size_t>(i)]).fail(fmt::format("tensor '{}' is produced twice; the graph is damaged", name));
      }
    }
  }
  // Files almost always list nodes in order. Otherwise a node is placed after the producers of its inputs.
  std::vector<int> waiting(static_cast<std::size_t>(nodes.size()), 0), result;
  std::vector<std::vector<int>> readers(static_cast<std::size_t>(nodes.size()));
  for (int i = 0; i < nodes.size(); ++i) {
    for (const auto& name : tensors_read(nodes[i])) {
      if (name.empty() || is_known(name)) continue;
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
  return unused_name(name, node_names_);
}

void OnnxGraph::refuse(const OnnxNode& node) const {
  std::set<std::string> names{"If"};
  for (const auto& [name, importer] : importers_) names.emplace(name);
  std::string list = fmt::format("{}", fmt::join(names, ", "));
  const std::string& domain = node.domain();
  const std::string where = domain.empty() || domain == "ai.onnx" ? "" : " of domain '" + domain + "'";
  for (const auto& [name, importer] : foreign_importers_) list += fmt::format(", {}.{}", name.first, name.second);
  node.fail(fmt::format("operator {}{} is not supported; supported are {}", node.op_type(), where, list));
}

void OnnxGraph::import_node(const onnx::NodeProto& proto, const std::string& name) {
  const OnnxNode node(proto, file_, name);
  if (proto.op_type() == "If" && (proto.domain().empty() || proto.domain() == "ai.onnx")) return import_if(node, proto);
  const OnnxImporter* importer = importer_of(proto);
  if (importer == nullptr) refuse(node);
  const auto empty = [](const std::string& output) { return output.empty(); };
  if (proto.output_size() == 0 || (importer->takes_sequences ? std::ranges::all_of(proto.output(), empty) : proto.output(0).empty())) {
    node.fail("has no output; the graph is damaged");
  }
  for (int k = 0; k < proto.output_size(); ++k) {
    const int type = importer->element_type != nullptr ? importer->element_type(builder_, node, k) : builder_.element_type(node, 0);
    builder_.note_type(proto.output(k), type);
  }
  const auto aligned = aligned_but_.find(importer);
  const std::map<std::string, int> whole = aligned != aligned_but_.end() ? take_one_of_batch(node, aligned->second) : std::map<std::string, int>();
  const auto other = std::ranges::find_if(proto.output(), [&](const std::string& output) { return opsets_.contains(output); });
  const std::int64_t before = other == proto.output().end() ? builder_.opset() : builder_.read_by(opsets_.at(*other));
  importer->import(builder_, node);
  builder_.read_by(before);
  for (const auto& [tensor, value] : whole) builder_.name_value(tensor, value);
  note_lengths(proto);
}

std::map<std::string, int> OnnxGraph::take_one_of_batch(const OnnxNode& node, int aligned_but) {
  std::map<std::string, int> whole;
  if (builder_.file_batch() < 2) return whole;
  std::optional<std::size_t> from_end;  // of the batch axis
  for (int i = 0; i < node.input_count(); ++i) {
    const int value = builder_.find(node.input(i));
    const auto batch = value < 0 ? std::nullopt : builder_.batch_of(value);
    if (!batch || builder_.value(value).shape[static_cast<std::size_t>(batch->axis)] != 1) continue;
    from_end = builder_.value(value).shape.size() - static_cast<std::size_t>(batch->axis);
  }
  for (int i = 0; from_end && i < node.input_count(); ++i) {
    const int value = builder_.find(node.input(i));
    if (value < 0 || !builder_.value(value).constant || *from_end <= static_cast<std::size_t>(aligned_but)) continue;
    const std::size_t axes = builder_.value(value).shape.size();
    if (*from_end > axes) continue;
    const int one = builder_.one_of_batch(node, value, static_cast<int>(axes - *from_end));
    if (one == value) continue;
    whole[node.input(i)] = value;
    builder_.name_value(node.input(i), one);
  }
  return whole;
}

void OnnxGraph::note_lengths(const onnx::NodeProto& node) {
  const bool measures = node.op_type() == "Shape" || node.op_type() == "Size";
  const bool reads = std::ranges::any_of(node.input(), [&](const std::string& name) {
    const int value = builder_.find(name);
    return value >= 0 && (measures ? !builder_.value(value).constant || builder_.shape_from_lengths(value) : builder_.from_lengths(value));
  });
  std::vector<int> inputs;
  for (const std::string& name : node.input()) inputs.push_back(builder_.find(name));
  for (const std::string& name : node.output()) {
    const int value = builder_.find(name);
    if (!reads || value < 0 || !builder_.value(value).constant) continue;
    builder_.note_lengths(value);
    if (!measures) builder_.keep_in_batch_if_folded(value, inputs);
  }
}

Network OnnxGraph::finish() {
  resolve_outputs();
  Network& network = builder_.network();
  // Keeps only values that lead to an output: dead nodes, and constants that were folded into others, would cost memory and time.
  std::vector<bool> needed(network.values.size(), false);
  std::vector<int*> ends{&network.input, &network.output};
  if (network.length_input >= 0) ends.push_back(&network.length_input);
  for (CarriedState& state : network.states) ends.insert(ends.end(), {&state.input, &state.output});
  for (const int* end : ends) needed[static_cast<std::size_t>(*end)] = true;
  std::vector<Node> kept;
  for (std::size_t i = network.nodes.size(); i-- > 0;) {
    Node& node = network.nodes[i];
    if (!needed[static_cast<std::size_t>(node.output)]) continue;
    for (const int in : node.inputs) needed[static_cast<std::size_t>(in)] = true;
    kept.push_back(std::move(node));
  }
  std::reverse(kept.begin(), kept.end());
  network.nodes = std::move(kept);
  renumber(network, ends, needed);
  make_names_unique(network);
  return std::move(network);
}

}  // namespace mho::workloads
