#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// A small ONNX model made in a test.
class OnnxModel {
 public:
  explicit OnnxModel(std::int64_t opset = 13) {
    model_.set_ir_version(7);
    model_.add_opset_import()->set_version(opset);
  }
  /// Length 0 is a symbolic axis.
  OnnxModel& input(const std::string& name, const Shape& shape, int type = onnx::TensorProto::FLOAT) {
    auto* in = model_.mutable_graph()->add_input();
    in->set_name(name);
    auto* tensor = in->mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    tensor->mutable_shape();
    for (const std::int64_t length : shape) {
      auto* dim = tensor->mutable_shape()->add_dim();
      if (length == 0) {
        dim->set_dim_param("N");
      } else {
        dim->set_dim_value(length);
      }
    }
    return *this;
  }
  OnnxModel& output(const std::string& name) {
    model_.mutable_graph()->add_output()->set_name(name);
    return *this;
  }
  OnnxModel& floats(const std::string& name, const Shape& shape, const std::vector<float>& data) {
    auto* tensor = model_.mutable_graph()->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t length : shape) tensor->add_dims(length);
    for (const float value : data) tensor->add_float_data(value);
    return *this;
  }
  OnnxModel& ints(const std::string& name, const std::vector<std::int64_t>& data) {
    auto* tensor = model_.mutable_graph()->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(onnx::TensorProto::INT64);
    tensor->add_dims(static_cast<std::int64_t>(data.size()));
    for (const std::int64_t value : data) tensor->add_int64_data(value);
    return *this;
  }
  /// Opens a node; the attribute calls that follow belong to it.
  OnnxModel& node(const std::string& op, const std::vector<std::string>& inputs, const std::string& out, const std::string& name = "") {
    auto* made = model_.mutable_graph()->add_node();
    made->set_op_type(op);
    made->set_name(name);
    for (const auto& in : inputs) made->add_input(in);
    made->add_output(out);
    return *this;
  }
  OnnxModel& attribute(const std::string& name, std::int64_t value) {
    auto* a = add(name, onnx::AttributeProto::INT);
    a->set_i(value);
    return *this;
  }
  OnnxModel& attribute(const std::string& name, int value) { return attribute(name, static_cast<std::int64_t>(value)); }
  OnnxModel& attribute(const std::string& name, float value) {
    add(name, onnx::AttributeProto::FLOAT)->set_f(value);
    return *this;
  }
  OnnxModel& attribute(const std::string& name, const char* value) {
    add(name, onnx::AttributeProto::STRING)->set_s(value);
    return *this;
  }
  OnnxModel& attribute(const std::string& name, const std::vector<std::int64_t>& values) {
    auto* a = add(name, onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) a->add_ints(value);
    return *this;
  }
  [[nodiscard]] onnx::ModelProto& proto() { return model_; }
  [[nodiscard]] std::string bytes() const { return model_.SerializeAsString(); }
  Network import() const { return import_onnx_bytes(bytes(), "test.onnx"); }

 private:
  onnx::AttributeProto* add(const std::string& name, onnx::AttributeProto::AttributeType type) {
    auto* node = model_.mutable_graph()->mutable_node(model_.graph().node_size() - 1);
    auto* a = node->add_attribute();
    a->set_name(name);
    a->set_type(type);
    return a;
  }
  onnx::ModelProto model_;
};

/// One operator from input "x" to output "y", constants added by the caller.
inline OnnxModel one_operator(const std::string& op, const Shape& x, const std::vector<std::string>& more_inputs = {}, std::int64_t opset = 13) {
  OnnxModel model(opset);
  std::vector<std::string> inputs{"x"};
  inputs.insert(inputs.end(), more_inputs.begin(), more_inputs.end());
  model.input("x", x).output("y").node(op, inputs, "y");
  return model;
}

/// 0.1, -0.2, 0.3, ... : distinct values of both signs.
inline std::vector<float> ramp(std::size_t count, float step = 0.1F) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = step * static_cast<float>(i % 17 + 1) * (i % 2 == 0 ? 1.0F : -1.0F) + 0.01F * static_cast<float>(i % 5);
  return values;
}

}  // namespace mho::workloads
