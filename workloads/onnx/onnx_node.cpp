#include <fmt/format.h>

#include "base/error.h"
#include "workloads/onnx/onnx_graph.h"

namespace mho::workloads {

OnnxNode::OnnxNode(const onnx::NodeProto& proto, std::string file, std::string name)
    : proto_(&proto), file_(std::move(file)), name_(std::move(name)) {}

const onnx::AttributeProto* OnnxNode::find(const std::string& attribute) const {
  for (const auto& candidate : proto_->attribute()) {
    if (candidate.name() == attribute) return &candidate;
  }
  return nullptr;
}

const onnx::AttributeProto* OnnxNode::typed(const std::string& attribute, onnx::AttributeProto::AttributeType type, const char* what) const {
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

std::string OnnxNode::where() const { return fmt::format("{}: node '{}' ({})", file_, name_, proto_->op_type()); }

void OnnxNode::fail(const std::string& why) const { throw base::UserError(where() + ": " + why); }

}  // namespace mho::workloads
