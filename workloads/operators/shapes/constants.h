#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Operators whose result is computed when a network is imported.
const OperatorFamily& constant_family();

}  // namespace mho::workloads
