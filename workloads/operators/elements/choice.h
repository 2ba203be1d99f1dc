#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// For each element, selects one of two tensors by the value of a third (Where).
const OperatorFamily& choice_family();
extern const Operator choice_operator;

}  // namespace mho::workloads
