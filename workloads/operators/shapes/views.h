#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Operators that keep the values and their order and change the shape.
const OperatorFamily& view_family();
extern const Operator identity_operator, reshape_operator, squeeze_operator, unsqueeze_operator;

/// Adds a reshape as a step within one ONNX node; `step` counts the steps from 1. Returns the new value.
[[nodiscard]] int reshape_step(OnnxBuilder& graph, const OnnxNode& node, int x, Shape shape, int& step);
/// Makes value x the output of the ONNX node. If the node's last step made x, x takes the output's name; else a view is added, so that readers of x
/// and of the output stay distinct.
void conclude(OnnxBuilder& graph, const OnnxNode& node, int x);

}  // namespace mho::workloads
