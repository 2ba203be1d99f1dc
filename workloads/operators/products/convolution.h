#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Convolutions with trained kernels, also transposed.
const OperatorFamily& convolution_family();
extern const Operator convolution_operator, overlap_add_operator;

}  // namespace mho::workloads
