#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Products with trained matrices, and of two activations.
const OperatorFamily& matrix_product_family();
extern const Operator matrix_product_operator;

}  // namespace mho::workloads
