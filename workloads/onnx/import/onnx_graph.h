#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/graph/network.h"
#include "workloads/onnx/onnx_builder.h"
#include "workloads/onnx/onnx_importer.h"
#include "workloads/onnx/onnx_node.h"

namespace mho::workloads {

/// Makes a Network of an ONNX graph, node by node: order, names, inputs and outputs. What a node means is the matter of its operator's importer.
class OnnxGraph {
 public:
  OnnxGraph(const onnx::ModelProto& model, std::string file, ImportOptions options);
  [[nodiscard]] Network build();

 private:
  void read_constants();
  void count_uses();
  /// Indices of the nodes so that each follows the producers of its inputs.
  std::vector<int> order();
  [[nodiscard]] std::string unique_name(const onnx::NodeProto& proto);
  void import_node(int index);
  /// Constants that hold the file's batch where the node's other inputs have it: for one sample, by the same name, while the node is imported.
  [[nodiscard]] std::map<std::string, int> take_one_of_batch(const OnnxNode& node, int aligned_but);
  [[noreturn]] void refuse(const OnnxNode& node) const;
  [[nodiscard]] Network finish();
  /// Null where the operator is not known.
  [[nodiscard]] const OnnxImporter* importer_of(const onnx::NodeProto& node) const;
  [[nodiscard]] bool is_known(const std::string& name) const { return builder_.find(name) >= 0; }

  // Inputs and outputs (onnx_inputs.cpp).
  /// Input number of a node that takes sequences which a tensor reaches, through nodes that only pick or view; -1 for none.
  struct SequenceReader {
    int input = -1;
    bool batch_first = false;
  };
  [[nodiscard]] SequenceReader sequence_reader(const std::string& name, int steps) const;
  [[nodiscard]] bool is_length(const onnx::ValueInfoProto& in) const;
  void read_inputs();
  void read_input(const onnx::ValueInfoProto& in, int batch_axis);
  [[nodiscard]] std::int64_t input_axis(const onnx::ValueInfoProto& in, int axis, const Shape& given, bool same_rank, std::size_t from_data);
  void check_outputs();
  void resolve_outputs();
  [[nodiscard]] std::vector<int> outputs_of_states(const std::vector<int>& made) const;
  void put_sample_first(std::vector<const onnx::ValueInfoProto*>& inputs) const;
  /// Constants that the node makes of lengths of tensors.
  void note_lengths(const onnx::NodeProto& node);
  /// Negative for a state that has no batch axis.
  [[nodiscard]] int batch_axis_of_input(const onnx::ValueInfoProto& in) const;
  [[nodiscard]] int batch_axis_of_state(const onnx::ValueInfoProto& in, int usual) const;

  const onnx::ModelProto& model_;
  std::string file_;
  ImportOptions options_;
  OnnxBuilder builder_;
  std::map<std::string_view, const OnnxImporter*> importers_;  ///< by op_type
  std::map<const OnnxImporter*, int> aligned_but_;             ///< where inputs are aligned
  std::map<std::string, std::int64_t> axis_lengths_;           ///< of dynamic axes, by name
  std::string batch_name_;                                     ///< of the dynamic batch axis
  std::set<std::string> node_names_;
  std::vector<std::string> names_;  ///< unique node names, in file order
};

}  // namespace mho::workloads
