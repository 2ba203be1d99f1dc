#pragma once

#include <vector>

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Operators that bring whole tensors to other places: axes that change places, padding, concatenation.
const OperatorFamily& movement_family();
extern const Operator transpose_operator, pad_operator, concatenation_operator;

[[nodiscard]] int transpose_step(OnnxBuilder& graph, const OnnxNode& node, int x, std::vector<std::int64_t> permutation, int& step);

}  // namespace mho::workloads
