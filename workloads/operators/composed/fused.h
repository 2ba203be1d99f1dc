#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// What the optimiser of ONNX Runtime makes of several operators, taken apart again.
const OperatorFamily& fused_family();

}  // namespace mho::workloads
