#pragma once

#include <string_view>
#include <vector>

#include "workloads/graph/operator.h"
#include "workloads/onnx/onnx_builder.h"
#include "workloads/onnx/onnx_node.h"

namespace mho::workloads {

/// How the importer takes one operator of ONNX.
struct OnnxImporter {
  std::string_view op_type;
  /// Adds what the node does to the network. Throws UserError for what is not supported.
  void (*import)(OnnxBuilder& graph, const OnnxNode& node);
  /// ONNX element type of an output, 0 where it is not known; null: that of the first input.
  int (*element_type)(const OnnxBuilder& graph, const OnnxNode& node, int output) = nullptr;
  bool passes_through = false;  ///< its output is its first input, by another name
  bool keeps_layout = false;    ///< picks or shows elements of its first input, so that axes keep their meaning
  bool takes_sequences = false;
  /// Its inputs are aligned at their last axis, all but so many of the last axes: constants may hold the file's batch there. Negative: they are not.
  int aligned_but = -1;
  /// Inputs that are trained weights where the file gives them no values, a bit each; vectors: those of one axis, matrices: those of two.
  unsigned trained_inputs = 0, trained_vectors = 0, trained_matrices = 0;
  std::string_view domain{};  ///< empty: ONNX's own
};

/// Operators that the optimiser of ONNX Runtime leaves behind.
inline constexpr std::string_view microsoft_domain = "com.microsoft";
/// Quantisers of networks trained with few bits; files name it in several ways.
inline constexpr std::string_view qonnx_domain = "qonnx.custom_op.general";

/// What belongs together: operators and the ONNX operators that are made of them.
struct OperatorFamily {
  std::string_view name;
  std::vector<const Operator*> operators;
  std::vector<OnnxImporter> importers;
  int aligned_but = -1;  ///< of all importers
};

/// For OnnxImporter::element_type.
int truth_type(const OnnxBuilder& graph, const OnnxNode& node, int output);
int index_type(const OnnxBuilder& graph, const OnnxNode& node, int output);
int type_of_second(const OnnxBuilder& graph, const OnnxNode& node, int output);

}  // namespace mho::workloads
