#include "workloads/onnx/onnx_names.h"

#include <onnx/onnx_pb.h>

#include "base/printable.h"

namespace mho::workloads {

namespace {

/// Assigns only if the text changes: most names are printable, and a large file has many.
void make_printable(std::string& text) {
  if (std::string clean = base::printable(text); clean != text) text = std::move(clean);
}

void make_inputs_printable(google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>& list) {
  for (auto& value : list) {
    make_printable(*value.mutable_name());
    if (!value.has_type() || !value.type().has_tensor_type() || !value.type().tensor_type().has_shape()) continue;
    for (auto& dim : *value.mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim()) {
      if (!dim.dim_param().empty()) make_printable(*dim.mutable_dim_param());
    }
  }
}

void make_graph_printable(onnx::GraphProto& graph);

void make_node_printable(onnx::NodeProto& node) {
  for (std::string* text : {node.mutable_name(), node.mutable_op_type(), node.mutable_domain()}) make_printable(*text);
  for (std::string& name : *node.mutable_input()) make_printable(name);
  for (std::string& name : *node.mutable_output()) make_printable(name);
  for (auto& attribute : *node.mutable_attribute()) {
    make_printable(*attribute.mutable_name());
    if (attribute.type() == onnx::AttributeProto::STRING) make_printable(*attribute.mutable_s());
    for (std::string& text : *attribute.mutable_strings()) make_printable(text);
    if (attribute.has_g()) make_graph_printable(*attribute.mutable_g());
    for (auto& graph : *attribute.mutable_graphs()) make_graph_printable(graph);
  }
}

void make_graph_printable(onnx::GraphProto& graph) {
  for (auto& node : *graph.mutable_node()) make_node_printable(node);
  for (auto& initialiser : *graph.mutable_initializer()) make_printable(*initialiser.mutable_name());
  make_inputs_printable(*graph.mutable_input());
  make_inputs_printable(*graph.mutable_output());
}

}  // namespace

void make_names_printable(onnx::ModelProto& model) {
  make_graph_printable(*model.mutable_graph());
  for (auto& function : *model.mutable_functions()) {
    for (std::string* text : {function.mutable_name(), function.mutable_domain()}) make_printable(*text);
    for (std::string& name : *function.mutable_input()) make_printable(name);
    for (std::string& name : *function.mutable_output()) make_printable(name);
    for (auto& node : *function.mutable_node()) make_node_printable(node);
  }
}

}  // namespace mho::workloads
