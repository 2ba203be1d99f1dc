#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Normalisations: some have operators of their own, others are built from simpler operators.
const OperatorFamily& normalization_family();
extern const Operator channel_scale_operator, layer_normalization_operator, instance_normalization_operator, local_response_operator;

}  // namespace mho::workloads
