#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Functions applied to each element of a tensor.
const OperatorFamily& function_family();
extern const Operator relu_operator, sigmoid_operator, tanh_operator, function_operator, clip_operator;

/// Adds a node that applies the function to value x, as a step within one ONNX node (see OnnxBuilder::add_step). Returns the new value.
[[nodiscard]] int function_step(OnnxBuilder& graph, const OnnxNode& node, periphery::digital::Function function, int x, int& step);

}  // namespace mho::workloads
