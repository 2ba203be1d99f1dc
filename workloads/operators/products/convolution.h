#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Convolutions and transposed convolutions with trained kernels.
const OperatorFamily& convolution_family();
extern const Operator convolution_operator, overlap_add_operator;

}  // namespace mho::workloads
