#include "workloads/onnx/onnx_expansion.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <stdexcept>

namespace mho::workloads {

namespace {

void set_attribute(onnx::AttributeProto& attribute, std::int64_t value) {
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}
void set_attribute(onnx::AttributeProto& attribute, float value) {
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(value);
}
void set_attribute(onnx::AttributeProto& attribute, const std::string& value) {
  attribute.set_type(onnx::AttributeProto::STRING);
  attribute.set_s(value);
}
void set_attribute(onnx::AttributeProto& attribute, const std::vector<std::int64_t>& values) {
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const std::int64_t value : values) attribute.add_ints(value);
}

}  // namespace

std::string Expansion::fresh(const std::string& what) {
  std::string name = node_.name() + "." + what;
  for (int i = 2; graph_.find(name) >= 0; ++i) name = fmt::format("{}.{}_{}", node_.name(), what, i);
  return name;
}

std::string Expansion::constant(const std::string& what, Shape shape, std::vector<float> data) {
  std::string name = fresh(what);
  graph_.name_value(name, graph_.add_constant(name, std::move(shape), std::move(data)));
  graph_.note_type(name, float32_type);
  return name;
}

std::string Expansion::integers(const std::string& what, const std::vector<std::int64_t>& values) {
  std::string name = constant(what, {static_cast<std::int64_t>(values.size())}, std::vector<float>(values.begin(), values.end()));
  graph_.note_type(name, int64_type);
  return name;
}

std::string Expansion::add(const std::string& op_type, const std::vector<std::string>& inputs, const Attributes& attributes, int readers) {
  return import(op_type, inputs, attributes, "", readers);
}

std::string Expansion::add_named(const std::string& op_type, const std::vector<std::string>& inputs, const Attributes& attributes, int readers) {
  return import(op_type, inputs, attributes, node_.name(), readers);
}

std::string Expansion::import(const std::string& op_type, const std::vector<std::string>& inputs, const Attributes& attributes,
                              const std::string& name, int readers) {
  onnx::NodeProto proto;
  proto.set_op_type(op_type);
  for (const std::string& tensor : inputs) proto.add_input(tensor);
  std::string output = fresh(op_type);
  proto.add_output(output);
  for (const auto& [key, value] : attributes) {
    onnx::AttributeProto& attribute = *proto.add_attribute();
    attribute.set_name(key);
    std::visit([&](const auto& own) { set_attribute(attribute, own); }, value);
  }
  graph_.note_readers(output, readers);
  graph_.import_inner(proto, name.empty() ? output : name, expansion_opset);
  return output;
}

void Expansion::conclude(const std::string& tensor, int output) {
  const int made = graph_.find(tensor);
  if (made < 0) throw std::logic_error("expansion of " + node_.name() + ": tensor " + tensor + " was not made");
  graph_.name_output(node_, made, output);
  graph_.note_type(node_.output(output), graph_.type_of(tensor));
  graph_.pass_readers(node_.output(output), made, graph_.value(made).name == tensor);
}

Expansion::Attributes Expansion::carried(const std::vector<std::string>& names) const {
  Attributes result;
  for (const std::string& name : names) {
    if (!node_.has(name)) continue;
    if (node_.is_list(name)) {
      result.emplace_back(name, node_.integers(name));
    } else if (node_.is_text(name)) {
      result.emplace_back(name, node_.text(name, ""));
    } else {
      result.emplace_back(name, node_.integer(name, 0));
    }
  }
  return result;
}

}  // namespace mho::workloads
