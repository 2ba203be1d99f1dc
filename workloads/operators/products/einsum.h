#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Sums of products by letters, as the product of two matrices that they are.
const OperatorFamily& einsum_family();
/// The node as the sum of products that the equation says.
void add_einsum(OnnxBuilder& graph, const OnnxNode& node, std::vector<int> operands, const std::string& equation);

}  // namespace mho::workloads
