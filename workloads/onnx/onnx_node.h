#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workloads/onnx/onnx_values.h"

namespace onnx {
class AttributeProto;
class NodeProto;
}  // namespace onnx

namespace mho::workloads {

/// One ONNX node during import. Its attributes are read with a check of their types; messages state file and node.
class OnnxNode {
 public:
  OnnxNode(const onnx::NodeProto& proto, std::string file, std::string name);
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& op_type() const;
  [[nodiscard]] const std::string& domain() const;
  [[nodiscard]] int input_count() const;
  [[nodiscard]] const std::string& input(int index) const;  ///< empty: absent
  [[nodiscard]] int output_count() const;
  [[nodiscard]] const std::string& output(int index) const;
  /// Whether the output exists and has a name.
  [[nodiscard]] bool makes(int output) const;

  [[nodiscard]] bool has(const std::string& attribute) const;
  /// Attributes by name. `otherwise` is returned if the attribute is absent; an attribute of another type throws UserError.
  [[nodiscard]] std::int64_t integer(const std::string& attribute, std::int64_t otherwise) const;
  [[nodiscard]] float real(const std::string& attribute, float otherwise) const;
  [[nodiscard]] std::string text(const std::string& attribute, const std::string& otherwise) const;
  [[nodiscard]] std::vector<std::int64_t> integers(const std::string& attribute) const;  ///< empty if absent
  [[nodiscard]] std::vector<float> reals(const std::string& attribute) const;            ///< empty if absent
  [[nodiscard]] std::vector<std::string> texts(const std::string& attribute) const;      ///< empty if absent
  [[nodiscard]] std::optional<OnnxTensor> tensor(const std::string& attribute) const;
  /// Whether an attribute is a list of integers, or a text.
  [[nodiscard]] bool is_list(const std::string& attribute) const;
  [[nodiscard]] bool is_text(const std::string& attribute) const;
  [[nodiscard]] int tensor_type(const std::string& attribute) const;  ///< 0 if absent
  /// "file: node 'conv1' (Conv)"
  [[nodiscard]] std::string where() const;
  /// Throws UserError "where(): why".
  [[noreturn]] void fail(const std::string& why) const;

 private:
  [[nodiscard]] const onnx::AttributeProto* find(const std::string& attribute) const;
  /// The same with a check of the type; `what` names the type in the message.
  [[nodiscard]] const onnx::AttributeProto* typed(const std::string& attribute, int type, const char* what) const;
  const onnx::NodeProto* proto_;
  std::string file_;
  std::string name_;
};

}  // namespace mho::workloads
