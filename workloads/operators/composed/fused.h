#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Fused operators of the ONNX Runtime optimiser, split into plain ones.
const OperatorFamily& fused_family();

}  // namespace mho::workloads
