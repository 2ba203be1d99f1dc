#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Products with trained matrices and products of two activations.
const OperatorFamily& matrix_product_family();
extern const Operator matrix_product_operator;

/// Adds the product of trained weights on tiles and returns the new value. It takes the name of the ONNX node. `weights` is a constant
/// [groups][outputs per group][inputs per group]. The product sums over the last axis of x; with several groups, over the middle axis of x
/// [1][inputs][places].
[[nodiscard]] int add_trained_product(OnnxBuilder& graph, const OnnxNode& node, int x, int weights, const OnnxBuilder::MatrixShape& matrix,
                                      Shape out);

}  // namespace mho::workloads
