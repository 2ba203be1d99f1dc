#pragma once

#include <optional>

#include "workloads/onnx/onnx_builder.h"
#include "workloads/onnx/onnx_node.h"

namespace mho::workloads {

/// The axis of a node's output that indexes the outputs of its matrix, for a node on tiles. Empty if the output has fewer axes than the input (a
/// vector operand).
[[nodiscard]] std::optional<std::size_t> output_axis(const OnnxBuilder& graph, const Node& node);

/// Folds an addition of a constant per output (or a single number) into the bias of the node on tiles before it. Returns false, and changes nothing,
/// if that is not possible.
[[nodiscard]] bool fold_bias(OnnxBuilder& graph, const OnnxNode& node);

}  // namespace mho::workloads
