#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Operators that show the values of their input in the same order under another shape.
const OperatorFamily& view_family();
extern const Operator identity_operator, reshape_operator, squeeze_operator, unsqueeze_operator;

/// A step within one ONNX node, numbered from 1 by `step`.
[[nodiscard]] int reshape_step(OnnxBuilder& graph, const OnnxNode& node, int x, Shape shape, int& step);
/// Gives the node's output the value x: the last step's takes its name, any other is passed on by a view, so that its readers stay told apart.
void conclude(OnnxBuilder& graph, const OnnxNode& node, int x);

}  // namespace mho::workloads
