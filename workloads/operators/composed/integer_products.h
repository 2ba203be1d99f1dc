#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Products with quantised weights (integers with a scale).
const OperatorFamily& integer_product_family();

}  // namespace mho::workloads
