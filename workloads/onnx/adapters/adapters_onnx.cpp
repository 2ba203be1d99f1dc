#include "workloads/onnx/adapters/adapters_onnx.h"

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/design_file/patterns.h"
#include "base/error.h"
#include "base/random.h"
#include "workloads/graph/adapters.h"
#include "workloads/onnx/onnx_names.h"

namespace mho::workloads {

namespace {

/// A layer and the nodes of the file that it was imported from.
struct Adaptable {
  const Node* layer = nullptr;
  int product = -1;  ///< node of the product
  int last = -1;     ///< node of the layer's output: the product, or the addition of its bias
};

onnx::ModelProto parsed(const std::string& bytes, const Network& network) {
  const google::protobuf::LogSilencer silence;
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes)) throw base::UserError(network.name + ": not an ONNX network");
  make_names_printable(model);  // as in the network
  return model;
}

const onnx::TensorProto* initialiser(const onnx::GraphProto& graph, const std::string& name) {
  const auto& all = graph.initializer();
  const auto found = std::ranges::find_if(all, [&](const onnx::TensorProto& tensor) { return tensor.name() == name; });
  return found == all.end() ? nullptr : &*found;
}

/// The node from which `layer` was imported; -1 if there is none, or more than one.
int product_of(const onnx::GraphProto& graph, const Network& network, const Node& layer) {
  int found = -1;
  for (int n = 0; n < graph.node_size(); ++n) {
    const onnx::NodeProto& proto = graph.node(n);
    const std::string& name = proto.name().empty() && proto.output_size() > 0 ? proto.output(0) : proto.name();
    if (proto.op_type() != layer.operation || !proto.domain().empty() || name != layer.name) continue;
    if (found >= 0) return -1;
    found = n;
  }
  if (found < 0) return -1;
  const onnx::NodeProto& proto = graph.node(found);
  const Matrix& matrix = network.matrix(layer);
  const onnx::TensorProto* weights = proto.input_size() > 1 ? initialiser(graph, proto.input(1)) : nullptr;
  if (weights == nullptr || matrix.groups != 1) return -1;
  const auto last_axis = static_cast<int>(network.values[static_cast<std::size_t>(layer.inputs[0])].shape.size()) - 1;
  const bool is_convolution = proto.op_type() == "Conv" && layer.window() != nullptr;
  const bool is_product =
      (proto.op_type() == "Gemm" || proto.op_type() == "MatMul") && layer.window() == nullptr && layer.product_axis() == last_axis;
  return is_convolution || is_product ? found : -1;
}

std::vector<Adaptable> adaptables(const onnx::GraphProto& graph, const Network& network) {
  std::vector<Adaptable> list;
  for (const Node& node : network.nodes) {
    if (!node.on_tiles() || node.recurrence() != nullptr || is_adapter(node.name)) continue;
    const std::string& made = network.values[static_cast<std::size_t>(node.output)].name;
    const auto& nodes = graph.node();
    const auto last = std::ranges::find_if(nodes, [&](const onnx::NodeProto& p) { return p.output_size() == 1 && p.output(0) == made; });
    const int product = product_of(graph, network, node);
    if (product >= 0 && last != nodes.end()) list.push_back({&node, product, static_cast<int>(last - nodes.begin())});
  }
  return list;
}

std::vector<std::string> names_of(const std::vector<Adaptable>& list) {
  std::vector<std::string> names;
  names.reserve(list.size());
  for (const Adaptable& one : list) names.push_back(one.layer->name);
  return names;
}

/// Adds the weights of one part of an adapter in the shape that its operator requires.
void add_weights(onnx::GraphProto& graph, const std::string& name, const std::vector<std::int64_t>& shape, const std::vector<float>& numbers) {
  if (initialiser(graph, name) != nullptr) throw base::UserError(fmt::format("the network has a tensor '{}' already", name));
  onnx::TensorProto* tensor = graph.add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t length : shape) tensor->add_dims(length);
  for (const float number : numbers) tensor->add_float_data(number);
}

onnx::NodeProto node_named(const std::string& operation, const std::string& name, const std::vector<std::string>& inputs, const std::string& output) {
  onnx::NodeProto node;
  node.set_op_type(operation);
  node.set_name(name);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

/// The nodes of one adapter in order; adds its weights to the graph. `sum` is the name of the tensor that was the layer's output.
std::vector<onnx::NodeProto> adapter_nodes(onnx::GraphProto& graph, const Network& network, const Adaptable& place, const AdapterChoice& choice,
                                           const std::string& sum) {
  const onnx::NodeProto product = graph.node(place.product);
  const Matrix& matrix = network.matrix(*place.layer);
  const std::string down = adapter_name(place.layer->name, AdapterPart::down), up = adapter_name(place.layer->name, AdapterPart::up);
  const bool convolves = product.op_type() == "Conv";
  std::vector<std::int64_t> down_shape{matrix.inputs, choice.rank}, up_shape{choice.rank, matrix.outputs};
  if (convolves) {
    const onnx::TensorProto& kernel = *initialiser(graph, product.input(1));
    down_shape.assign(kernel.dims().begin(), kernel.dims().end());
    down_shape[0] = choice.rank;
    up_shape.assign(down_shape.size(), 1);
    up_shape[0] = matrix.outputs;
    up_shape[1] = choice.rank;
  }
  std::vector<float> normals(static_cast<std::size_t>(choice.rank * matrix.inputs));
  base::RandomStream({.seed = choice.seed, .purpose = base::Purpose::training, .node = base::hash_name("initial " + down)}).normals({}, 0, normals);
  for (float& number : normals) number /= std::sqrt(static_cast<float>(matrix.inputs));
  add_weights(graph, down + ".weight", down_shape, normals);
  add_weights(graph, up + ".weight", up_shape, std::vector<float>(static_cast<std::size_t>(choice.rank * matrix.outputs), 0.0F));
  const std::string operation = convolves ? "Conv" : "MatMul";
  std::vector<onnx::NodeProto> nodes{node_named(operation, down, {product.input(0), down + ".weight"}, down),
                                     node_named(operation, up, {down, up + ".weight"}, up),
                                     node_named("Add", place.layer->name + ".adapter", {graph.node(place.last).output(0), up}, sum)};
  if (convolves) *nodes[0].mutable_attribute() = product.attribute();
  return nodes;
}

}  // namespace

std::string with_adapters(const std::string& bytes, const Network& network, const AdapterChoice& choice) {
  if (std::ranges::any_of(network.matrices, [](const Matrix& matrix) { return is_adapter(matrix.name); })) {
    throw base::UserError(fmt::format(
        "network '{}' has adapters already; leave adapters.rank out, and give layers.frozen the names of its other layers to train them further",
        network.name));
  }
  onnx::ModelProto model = parsed(bytes, network);
  onnx::GraphProto& graph = *model.mutable_graph();
  const std::vector<Adaptable> all = adaptables(graph, network);
  for (const std::string& pattern : base::listed(choice.layers)) {
    if (std::ranges::any_of(all, [&](const Adaptable& one) { return base::matches_any(pattern, one.layer->name); })) continue;
    throw base::UserError(
        fmt::format("adapters.layers: no layer that can have an adapter is called '{}'; there are {}. Products (Gemm, MatMul) and "
                    "convolutions of one group can have one, recurrent layers cannot",
                    pattern, all.empty() ? "none" : fmt::format("{}", fmt::join(names_of(all), ", "))));
  }
  std::vector<std::vector<onnx::NodeProto>> after(static_cast<std::size_t>(graph.node_size()));
  for (const Adaptable& one : all) {
    if (!base::matches_any(choice.layers, one.layer->name)) continue;
    graph.mutable_node(one.product)->set_name(one.layer->name);  // keeps a name that was derived from the output
    onnx::NodeProto& last = *graph.mutable_node(one.last);
    const std::string sum = last.output(0);
    last.set_output(0, sum + ".without_adapter");
    auto& nodes = after[static_cast<std::size_t>(one.last)];
    const std::vector<onnx::NodeProto> made = adapter_nodes(graph, network, one, choice, sum);
    nodes.insert(nodes.end(), made.begin(), made.end());
  }
  google::protobuf::RepeatedPtrField<onnx::NodeProto> ordered;
  for (int n = 0; n < graph.node_size(); ++n) {
    *ordered.Add() = graph.node(n);
    for (const onnx::NodeProto& node : after[static_cast<std::size_t>(n)]) *ordered.Add() = node;
  }
  *graph.mutable_node() = ordered;
  return model.SerializeAsString();
}

}  // namespace mho::workloads
