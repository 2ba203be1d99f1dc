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

/// The ONNX operators that one node of another operator stands for. Each is imported when it is added, as if the file held it, by the operator set
/// `expansion_opset`; so shapes and constants of what was made are known at once.
class Expansion {
 public:
  using AttributeValue = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>>;
  using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

  /// Both references must outlive it.
  Expansion(OnnxBuilder& graph, const OnnxNode& node) : graph_(graph), node_(node) {}

  [[nodiscard]] OnnxBuilder& graph() const { return graph_; }
  [[nodiscard]] const OnnxNode& node() const { return node_; }
  /// Tensor of the node's input; empty where it is left out.
  [[nodiscard]] std::string input(int index) const { return graph_.has_input(node_, index) ? node_.input(index) : std::string(); }
  [[nodiscard]] const ValueInfo& value(const std::string& tensor) const { return graph_.value(graph_.find(tensor)); }
  /// A constant; returns its tensor.
  std::string constant(const std::string& what, Shape shape, std::vector<float> data);
  std::string number(const std::string& what, float value) { return constant(what, {}, {value}); }
  std::string integers(const std::string& what, const std::vector<std::int64_t>& values);
  /// Adds an operator and returns the tensor that it makes, read `readers` times in what follows.
  std::string add(const std::string& op_type, const std::vector<std::string>& inputs, const Attributes& attributes = {}, int readers = 1);
  /// The same for the operator that the node is known by: it takes the node's name.
  std::string add_named(const std::string& op_type, const std::vector<std::string>& inputs, const Attributes& attributes = {}, int readers = 1);
  /// The node's output is the tensor. Once the node has its outputs, nothing more is added.
  void conclude(const std::string& tensor, int output = 0);
  /// Those of the node's attributes with these names, as far as it has them; whole numbers and lists of them.
  [[nodiscard]] Attributes carried(const std::vector<std::string>& names) const;

 private:
  std::string import(const std::string& op_type, const std::vector<std::string>& inputs, const Attributes& attributes, const std::string& name,
                     int readers);
  std::string fresh(const std::string& what);

  OnnxBuilder& graph_;
  const OnnxNode& node_;
};

/// The operator set by which expansions are written.
inline constexpr std::int64_t expansion_opset = 18;

}  // namespace mho::workloads
