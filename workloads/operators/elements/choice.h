#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Element by element one of two tensors, as a third one says.
const OperatorFamily& choice_family();
extern const Operator choice_operator;

}  // namespace mho::workloads
