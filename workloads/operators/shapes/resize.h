#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Resampling, one axis after the other: nearest neighbours as picked elements, other modes as weighted sums of a few elements.
const OperatorFamily& resize_family();
extern const Operator interpolation_operator;

}  // namespace mho::workloads
