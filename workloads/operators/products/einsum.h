#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Einsum, imported as a product of two matrices.
const OperatorFamily& einsum_family();
/// Adds the nodes for the einsum `equation` over `operands`.
void add_einsum(OnnxBuilder& graph, const OnnxNode& node, std::vector<int> operands, const std::string& equation);

}  // namespace mho::workloads
