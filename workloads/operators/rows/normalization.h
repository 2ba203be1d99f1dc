#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Normalisations, of their own kind or made of plainer operators.
const OperatorFamily& normalization_family();
extern const Operator channel_scale_operator, layer_normalization_operator, instance_normalization_operator, local_response_operator;

}  // namespace mho::workloads
