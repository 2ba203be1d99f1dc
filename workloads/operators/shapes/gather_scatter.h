#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Operators that read or write single elements or slices by a tensor of indices.
const OperatorFamily& gather_scatter_family();
extern const Operator gather_elements_operator, gather_tuples_operator, scatter_elements_operator, scatter_tuples_operator;

}  // namespace mho::workloads
