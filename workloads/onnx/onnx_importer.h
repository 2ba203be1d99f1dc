#pragma once

#include <string_view>
#include <vector>

#include "workloads/graph/operator.h"
#include "workloads/onnx/onnx_builder.h"
#include "workloads/onnx/onnx_node.h"

namespace mho::workloads {

/// Import of one ONNX operator.
struct OnnxImporter {
  std::string_view op_type;
  /// Adds the operation of the node to the network. Throws UserError if something is not supported.
  void (*import)(OnnxBuilder& graph, const OnnxNode& node);
  /// Returns the ONNX element type of an output, 0 if unknown. Null: the type of the first input.
  int (*element_type)(const OnnxBuilder& graph, const OnnxNode& node, int output) = nullptr;
  bool passes_through = false;   ///< the output is the first input under another name
  bool keeps_layout = false;     ///< selects or reshapes elements of the first input; the meaning of the axes stays
  bool takes_sequences = false;  ///< recurrent: an input holds time steps
  /// >= 0: inputs are aligned at their last axis, and a constant may have the batch size of the file on any axis except the last `aligned_but` ones.
  /// Negative: not aligned.
  int aligned_but = -1;
  /// Bit k: input k is trained weights if the file gives it no values. trained_vectors: only if it has one axis; trained_matrices: only if it has
  /// two.
  unsigned trained_inputs = 0, trained_vectors = 0, trained_matrices = 0;
  std::string_view domain{};  ///< empty: the ONNX domain
};

/// Domain of the operators that the ONNX Runtime optimiser inserts.
inline constexpr std::string_view microsoft_domain = "com.microsoft";
/// Domain of quantisers of networks trained with few bits. Files use several names for it.
inline constexpr std::string_view qonnx_domain = "qonnx.custom_op.general";

/// A family: operators of the simulator and the importers of the ONNX operators built from them.
struct OperatorFamily {
  std::string_view name;
  std::vector<const Operator*> operators;
  std::vector<OnnxImporter> importers;
  int aligned_but = -1;  ///< default of all its importers
};

/// Functions for OnnxImporter::element_type: bool, int64, and the type of the second input.
int truth_type(const OnnxBuilder& graph, const OnnxNode& node, int output);
int index_type(const OnnxBuilder& graph, const OnnxNode& node, int output);
int type_of_second(const OnnxBuilder& graph, const OnnxNode& node, int output);

}  // namespace mho::workloads
