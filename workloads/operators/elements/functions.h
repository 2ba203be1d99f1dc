#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Functions of every element.
const OperatorFamily& function_family();
extern const Operator relu_operator, sigmoid_operator, tanh_operator, function_operator, clip_operator;

[[nodiscard]] int function_step(OnnxBuilder& graph, const OnnxNode& node, periphery::digital::Function function, int x, int& step);

}  // namespace mho::workloads
