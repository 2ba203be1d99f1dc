#pragma once

#include <vector>

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Operators that move whole tensors: transposition, padding, concatenation.
const OperatorFamily& movement_family();
extern const Operator transpose_operator, pad_operator, concatenation_operator;

/// Adds a transposition as a step within one ONNX node: axis i of the result is axis permutation[i] of x. Returns the new value.
[[nodiscard]] int transpose_step(OnnxBuilder& graph, const OnnxNode& node, int x, std::vector<std::int64_t> permutation, int& step);

}  // namespace mho::workloads
