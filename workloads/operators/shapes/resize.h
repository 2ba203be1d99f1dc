#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Resampling, axis by axis: picked elements, or weighted sums of a few taps.
const OperatorFamily& resize_family();
extern const Operator interpolation_operator;

}  // namespace mho::workloads
