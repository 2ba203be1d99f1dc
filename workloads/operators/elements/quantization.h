#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Quantisation and dequantisation (integers with a scale). They are built from divisions, roundings and products, so that quantised weights fold
/// into constants.
const OperatorFamily& quantization_family();

}  // namespace mho::workloads
