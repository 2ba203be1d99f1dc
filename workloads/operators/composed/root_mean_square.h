#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Normalisations by the root mean square of a row; normalisations of a sum with a residual branch.
const OperatorFamily& root_mean_square_family();

}  // namespace mho::workloads
