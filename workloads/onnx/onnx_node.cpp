#include "workloads/onnx/onnx_node.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include "base/error.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {

OnnxNode::OnnxNode(const onnx::NodeProto& proto, std::string file, std::string name)
    : proto_(&proto), file_(std::move(file)), name_(std::move(name)) {}

const std::string& OnnxNode::op_type() const { return proto_->op_type(); }
const std::string& OnnxNode::domain() const { return proto_->domain(); }
int OnnxNode::input_count() const { return proto_->input_size(); }
const std::string& OnnxNode::input(int index) const {
  if (index < 0 || index >= input_count()) fail(fmt::format("input {} is missing; the graph is damaged", index));
  return proto_->input(index);
}
int OnnxNode::output_count() const { return proto_->output_size(); }
const std::string& OnnxNode::output(int index) const {
  if (index < 0 || index >= output_count()) fail(fmt::format("output {} is missing; the graph is damaged", index));
  return proto_->output(index);
}
bool OnnxNode::makes(int output) const { return output < output_count() && !proto_->output(output).empty(); }

const onnx::AttributeProto* OnnxNode::find(const std::string& attribute) const {
  for (const auto& candidate : proto_->attribute()) {
    if (candidate.name() == attribute) return &candidate;
  }
  return nullptr;
}

const onnx::AttributeProto* OnnxNode::typed(const std::string& attribute, int type, const char* what) const {
  const onnx::AttributeProto* found = find(attribute);
  if (found != nullptr && found->type() != type) fail(fmt::format("attribute '{}' must be {}; the file is damaged", attribute, what));
  return found;
}

bool OnnxNode::has(const std::string& attribute) const { return find(attribute) != nullptr; }

std::int64_t OnnxNode::integer(const std::string& attribute, std::int64_t otherwise) const {
  const auto* found = typed(attribute, onnx::AttributeProto::INT, "an integer");
  return found != nullptr ? found->i() : otherwise;
}

float OnnxNode::real(const std::string& attribute, float otherwise) const {
  const auto* found = typed(attribute, onnx::AttributeProto::FLOAT, "a number");
  return found != nullptr ? found->f() : otherwise;
}

std::string OnnxNode::text(const std::string& attribute, const std::string& otherwise) const {
  const auto* found = typed(attribute, onnx::AttributeProto::STRING, "a text");
  return found != nullptr ? found->s() : otherwise;
}

std::vector<std::int64_t> OnnxNode::integers(const std::string& attribute) const {
  const auto* found = typed(attribute, onnx::AttributeProto::INTS, "a list of integers");
  return found != nullptr ? std::vector<std::int64_t>(found->ints().begin(), found->ints().end()) : std::vector<std::int64_t>();
}

std::vector<float> OnnxNode::reals(const std::string& attribute) const {
  const auto* found = typed(attribute, onnx::AttributeProto::FLOATS, "a list of numbers");
  return found != nullptr ? std::vector<float>(found->floats().begin(), found->floats().end()) : std::vector<float>();
}

std::vector<std::string> OnnxNode::texts(const std::string& attribute) const {
  const auto* found = typed(attribute, onnx::AttributeProto::STRINGS, "a list of texts");
  return found != nullptr ? std::vector<std::string>(found->strings().begin(), found->strings().end()) : std::vector<std::string>();
}

std::optional<OnnxTensor> OnnxNode::tensor(const std::string& attribute) const {
  const auto* found = find(attribute);
  return found != nullptr ? std::optional(read_tensor(found->t(), where())) : std::nullopt;
}

bool OnnxNode::is_list(const std::string& attribute) const {
  const auto* found = find(attribute);
  return found != nullptr && found->type() == onnx::AttributeProto::INTS;
}

bool OnnxNode::is_text(const std::string& attribute) const {
  const auto* found = find(attribute);
  return found != nullptr && found->type() == onnx::AttributeProto::STRING;
}

int OnnxNode::tensor_type(const std::string& attribute) const {
  const auto* found = find(attribute);
  return found != nullptr ? found->t().data_type() : 0;
}

std::string OnnxNode::where() const { return fmt::format("{}: node '{}' ({})", file_, name_, proto_->op_type()); }

void OnnxNode::fail(const std::string& why) const { throw base::UserError(where() + ": " + why); }

}  // namespace mho::workloads
