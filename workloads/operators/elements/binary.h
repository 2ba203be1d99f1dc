#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Two tensors element by element, with broadcasting.
const OperatorFamily& binary_family();
extern const Operator binary_operator, trained_binary_operator, expansion_operator;

/// Its node; additions and products with a vector are trained.
[[nodiscard]] Node binary_node(const OnnxNode& node, periphery::digital::Binary operation, int a, int b);
[[nodiscard]] int binary_step(OnnxBuilder& graph, const OnnxNode& node, periphery::digital::Binary operation, int a, int b, int& step);

}  // namespace mho::workloads
