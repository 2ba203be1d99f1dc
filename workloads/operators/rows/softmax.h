#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Softmax and its relatives: along rows of neighbouring axes.
const OperatorFamily& softmax_family();
extern const Operator softmax_operator, log_softmax_operator, hardmax_operator;

}  // namespace mho::workloads
