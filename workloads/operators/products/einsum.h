#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Sums of products by letters, as the product of two matrices that they are.
const OperatorFamily& einsum_family();

}  // namespace mho::workloads
