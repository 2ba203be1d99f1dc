#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Operators on two tensors, element by element, with broadcasting.
const OperatorFamily& binary_family();
extern const Operator binary_operator, trained_binary_operator, expansion_operator;

/// A node of the operation on values a and b. Constants of an addition or multiplication with a vector are trained.
[[nodiscard]] Node binary_node(const OnnxNode& node, periphery::digital::Binary operation, int a, int b);
/// Adds such a node as a step within one ONNX node (see OnnxBuilder::add_step). Returns the new value.
[[nodiscard]] int binary_step(OnnxBuilder& graph, const OnnxNode& node, periphery::digital::Binary operation, int a, int b, int& step);

}  // namespace mho::workloads
