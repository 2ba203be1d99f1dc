#pragma once

#include <optional>

#include "workloads/onnx/onnx_builder.h"
#include "workloads/onnx/onnx_node.h"

namespace mho::workloads {

/// Axis of its output along which the outputs of a node on tiles lie; empty where a vector operand dropped it.
[[nodiscard]] std::optional<std::size_t> output_axis(const OnnxBuilder& graph, const Node& node);

/// Puts a constant that an addition adds to each output of the node on tiles before it into that node's bias. False where that cannot be.
[[nodiscard]] bool fold_bias(OnnxBuilder& graph, const OnnxNode& node);

}  // namespace mho::workloads
