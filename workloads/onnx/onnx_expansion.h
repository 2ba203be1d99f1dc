#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "workloads/onnx/onnx_builder.h"
#include "workloads/onnx/onnx_node.h"

namespace onnx {
class NodeProto;
}  // namespace onnx

namespace mho::workloads {

/// Replaces one ONNX node by several simpler ONNX operators. Each is imported when it is added, as if the file held it, with opset `expansion_opset`,
/// so its shape and constants are known at once. Tensors are referred to by name.
class Expansion {
 public:
  using AttributeValue = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>>;
  using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

  /// Both references must outlive it.
  Expansion(OnnxBuilder& graph, const OnnxNode& node) : graph_(graph), node_(node) {}

  [[nodiscard]] OnnxBuilder& graph() const { return graph_; }
  [[nodiscard]] const OnnxNode& node() const { return node_; }
  /// Tensor name of the node's input; empty if absent.
  [[nodiscard]] std::string input(int index) const { return graph_.has_input(node_, index) ? node_.input(index) : std::string(); }
  [[nodiscard]] const ValueInfo& value(const std::string& tensor) const { return graph_.value(graph_.find(tensor)); }
  /// Adds a constant; returns its tensor.
  std::string constant(const std::string& what, Shape shape, std::vector<float> data);
  std::string number(const std::string& what, float value) { return constant(what, {}, {value}); }
  std::string integers(const std::string& what, const std::vector<std::int64_t>& values);
  /// Adds an operator and returns its output tensor, which later operators read `readers` times.
  std::string add(const std::string& op_type, const std::vector<std::string>& inputs, const Attributes& attributes = {}, int readers = 1);
  /// The same for the main operator of the node: it takes the node's name.
  std::string add_named(const std::string& op_type, const std::vector<std::string>& inputs, const Attributes& attributes = {}, int readers = 1);
  /// Makes the tensor an output of the node. Call it after all additions.
  void conclude(const std::string& tensor, int output = 0);
  /// The node's attributes with these names, if present. Only integers and lists of integers.
  [[nodiscard]] Attributes carried(const std::vector<std::string>& names) const;

 private:
  std::string import(const std::string& op_type, const std::vector<std::string>& inputs, const Attributes& attributes, const std::string& name,
                     int readers);
  std::string fresh(const std::string& what);

  OnnxBuilder& graph_;
  const OnnxNode& node_;
};

/// The opset of expansions.
inline constexpr std::int64_t expansion_opset = 18;

}  // namespace mho::workloads
