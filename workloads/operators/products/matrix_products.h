#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Products with trained matrices, and of two activations.
const OperatorFamily& matrix_product_family();
extern const Operator matrix_product_operator;

/// Adds the product of trained weights on tiles that the node is known by: `weights`, a constant [groups][outputs of each][inputs of each], with the
/// last axis of x, or where there are several groups with the middle one of x [1][inputs][places].
[[nodiscard]] int add_trained_product(OnnxBuilder& graph, const OnnxNode& node, int x, int weights, const OnnxBuilder::MatrixShape& matrix,
                                      Shape out);

}  // namespace mho::workloads
