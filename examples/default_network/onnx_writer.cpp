#include "examples/default_network/onnx_writer.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <onnx/onnx_pb.h>

#include <stdexcept>

namespace mho::examples {
namespace {

constexpr std::int64_t opset = 13;
constexpr std::int64_t ir_version = 7;  // ONNX 1.8, the first version with opset 13

class GraphWriter {
 public:
  explicit GraphWriter(onnx::GraphProto& graph) : graph_(graph) {}

  void tensor(const std::string& name, const std::vector<std::int64_t>& shape, const std::vector<float>& values) {
    auto& tensor = *graph_.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const auto extent : shape) tensor.add_dims(extent);
    tensor.set_raw_data(values.data(), values.size() * sizeof(float));  // little endian, as ONNX requires
  }

  onnx::NodeProto& node(const std::string& operation, const std::string& name, const std::vector<std::string>& inputs, const std::string& output) {
    auto& node = *graph_.add_node();
    node.set_op_type(operation);
    node.set_name(name);
    for (const auto& input : inputs) node.add_input(input);
    node.add_output(output);
    return node;
  }

 private:
  onnx::GraphProto& graph_;
};

void attribute(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void attribute(onnx::NodeProto& node, const std::string& name, const std::vector<std::int64_t>& values) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const auto value : values) attribute.add_ints(value);
}

/// Declares a float tensor whose first axis is the batch.
void declare(onnx::ValueInfoProto& value, const std::string& name, const std::vector<std::int64_t>& sample_shape) {
  value.set_name(name);
  auto& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx::TensorProto::FLOAT);
  tensor.mutable_shape()->add_dim()->set_dim_param("batch");
  for (const auto extent : sample_shape) tensor.mutable_shape()->add_dim()->set_dim_value(extent);
}

}  // namespace

std::string write_onnx(const std::vector<Layer>& layers, std::int64_t side, std::int64_t classes, const std::string& description) {
  if (layers.empty()) throw std::logic_error("write_onnx: no layers");
  onnx::ModelProto model;
  model.set_ir_version(ir_version);
  model.set_producer_name("mho examples/default_network");
  model.set_doc_string(description);
  model.add_opset_import()->set_version(opset);
  auto& graph = *model.mutable_graph();
  graph.set_name("strokes");
  GraphWriter writer(graph);
  declare(*graph.add_input(), "image", {1, side, side});
  declare(*graph.add_output(), "scores", {classes});

  std::string value = "image";
  bool flat = false;
  for (const auto& layer : layers) {
    const bool last = &layer == &layers.back();
    writer.tensor(layer.name + ".weight", layer.shape, layer.weights);
    writer.tensor(layer.name + ".bias", {layer.shape.front()}, layer.bias);
    if (layer.kind == Layer::Kind::gemm && !flat) {
      attribute(writer.node("Flatten", "flatten", {value}, "features"), "axis", 1);
      value = "features";
      flat = true;
    }
    const std::string result = last && !layer.relu && !layer.pool ? "scores" : layer.name + ".out";
    const std::vector<std::string> operands{value, layer.name + ".weight", layer.name + ".bias"};
    if (layer.kind == Layer::Kind::conv) {
      auto& node = writer.node("Conv", layer.name, operands, result);
      attribute(node, "kernel_shape", {layer.shape[2], layer.shape[3]});
      attribute(node, "pads", {1, 1, 1, 1});
      attribute(node, "strides", {1, 1});
    } else {
      attribute(writer.node("Gemm", layer.name, operands, result), "transB", 1);
    }
    value = result;
    if (layer.relu) {
      writer.node("Relu", layer.name + ".relu", {value}, layer.name + ".active");
      value = layer.name + ".active";
    }
    if (layer.pool) {
      auto& node = writer.node("MaxPool", layer.name + ".pool", {value}, layer.name + ".pooled");
      attribute(node, "kernel_shape", {2, 2});
      attribute(node, "strides", {2, 2});
      value = layer.name + ".pooled";
    }
  }
  if (value != "scores") throw std::logic_error("write_onnx: the last layer gives the scores, without relu or pool");

  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    if (!model.SerializeToCodedStream(&coded)) throw std::runtime_error("write_onnx: the model cannot be serialised");
  }
  return bytes;
}

}  // namespace mho::examples
