#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Whole numbers with a scale, made of divisions, roundings and products, so that weights stored this way fold into constants.
const OperatorFamily& quantization_family();

}  // namespace mho::workloads
