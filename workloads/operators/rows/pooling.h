#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Pooling over windows and whole planes.
const OperatorFamily& pooling_family();
extern const Operator max_pool_operator, average_pool_operator, norm_pool_operator, global_pool_operator;

}  // namespace mho::workloads
