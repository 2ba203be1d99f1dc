#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/graph/network.h"
#include "workloads/onnx/import/functions.h"
#include "workloads/onnx/onnx_builder.h"
#include "workloads/onnx/onnx_importer.h"
#include "workloads/onnx/onnx_node.h"

namespace mho::workloads {

/// Converts an ONNX graph to a Network, node by node: order, names, inputs and outputs. The importers of operators convert the nodes.
class OnnxGraph {
 public:
  /// The file's functions must have been inlined; `opsets`: opsets of nodes that came from functions.
  OnnxGraph(const onnx::ModelProto& model, std::string file, ImportOptions options, OpsetByOutput opsets = {});
  [[nodiscard]] Network build();

 private:
  void read_constants();
  void read_constant(const onnx::TensorProto& initializer);
  /// The numbers of a large initialiser in its file, or substitutes if the file lacks them. Null for an initialiser that is read into memory.
  [[nodiscard]] std::shared_ptr<const StoredTensor> left_in_file(const onnx::TensorProto& initializer, const std::string& where, const Shape& shape);
  [[nodiscard]] std::shared_ptr<const StoredTensor> absent(const std::string& name, const Shape& shape, int type, const std::string& where);
  void add_trained(const std::string& name, std::shared_ptr<const StoredTensor> tensor, const Shape& shape, int type);
  void count_uses();
  /// Whether a node's output is its first input under another name.
  [[nodiscard]] bool passes_through(const onnx::NodeProto& proto) const;
  void note_alias(const onnx::NodeProto& proto);
  /// The tensor behind an alias; the name itself if it is no alias.
  [[nodiscard]] std::string root_of(std::string name) const;
  /// Indices of the nodes in topological order.
  std::vector<int> order();
  [[nodiscard]] std::string unique_name(const onnx::NodeProto& proto);
  /// Replaces constant inputs that have the file's batch size on the axis of the batch by their part for one sample, under the same name, while the
  /// node is imported. Returns the replaced values by name.
  [[nodiscard]] std::map<std::string, int> take_one_of_batch(const OnnxNode& node, int aligned_but);
  void import_node(const onnx::NodeProto& proto, const std::string& name);
  [[noreturn]] void refuse(const OnnxNode& node) const;
  [[nodiscard]] Network finish();
  /// Null if the operator is unknown.
  [[nodiscard]] const OnnxImporter* importer_of(const onnx::NodeProto& node) const;
  [[nodiscard]] bool is_known(const std::string& name) const { return builder_.find(name) >= 0; }

  // Branches (branches.cpp).
  void import_if(const OnnxNode& node, const onnx::NodeProto& proto);
  void import_branch(const OnnxNode& node, const onnx::NodeProto& proto, const onnx::GraphProto& given);
  /// The branch with names that are unique in the graph.
  [[nodiscard]] onnx::GraphProto with_own_names(const onnx::GraphProto& branch);
  void count_branch_uses(const onnx::GraphProto& branch, const onnx::NodeProto& proto);

  // Inputs and outputs (onnx_inputs.cpp).
  /// The recurrent node that reads a tensor, directly or through nodes that only select or reshape: number of its input; -1: none.
  struct SequenceReader {
    int input = -1;
    bool batch_first = false;
  };
  [[nodiscard]] SequenceReader sequence_reader(const std::string& name, int steps) const;
  [[nodiscard]] bool is_length(const onnx::ValueInfoProto& in) const;
  void read_inputs();
  /// Turns an input into a constant if ImportOptions::scalars gives its number; false for other inputs.
  bool take_scalar(const onnx::ValueInfoProto& in);
  void check_scalars() const;
  void read_input(const onnx::ValueInfoProto& in, int batch_axis);
  /// Whether an output has the name of the state that enters under this name.
  [[nodiscard]] bool is_handed_on(const std::string& name) const;
  [[nodiscard]] std::int64_t input_axis(const onnx::ValueInfoProto& in, int axis, const Shape& given, bool same_rank, std::size_t from_data);
  void check_outputs();
  void resolve_outputs();
  [[nodiscard]] std::vector<int> outputs_of_states(const std::vector<int>& made) const;
  /// Whether all readers of the tensor use it as trained weights.
  [[nodiscard]] bool is_weight(const std::string& name, std::size_t axes, int steps) const;
  void take_weights(std::vector<const onnx::ValueInfoProto*>& inputs);
  void put_sample_first(std::vector<const onnx::ValueInfoProto*>& inputs) const;
  /// Notes the constants that the node computes from lengths of tensors.
  void note_lengths(const onnx::NodeProto& node);
  /// Axis of the batch; negative for a state without batch axis.
  [[nodiscard]] int batch_axis_of_input(const onnx::ValueInfoProto& in) const;
  [[nodiscard]] int batch_axis_of_state(const onnx::ValueInfoProto& in, int usual) const;

  const onnx::ModelProto& model_;
  std::string file_;
  ImportOptions options_;
  OnnxBuilder builder_;
  OpsetByOutput opsets_;
  std::map<std::string_view, const OnnxImporter*> importers_;                                       ///< operators of the ONNX domain, by op_type
  std::map<std::pair<std::string_view, std::string_view>, const OnnxImporter*> foreign_importers_;  ///< other operators, by domain and op_type
  std::map<std::string, std::string> alias_root_;                                                   ///< aliases: name to name
  std::set<std::string> tensor_names_;                                                              ///< all tensors that the graph makes
  std::map<std::string, std::int64_t> axis_lengths_;                                                ///< lengths of dynamic axes, by name
  std::string batch_name_;                                                                          ///< name of the dynamic batch axis
  std::map<const OnnxImporter*, int> aligned_but_;  ///< for importers with aligned inputs (OnnxImporter::aligned_but)
  std::set<std::string> node_names_;
  std::vector<std::string> names_;  ///< unique node names, in file order
};

}  // namespace mho::workloads
