#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Softmax, log-softmax and hardmax, along rows of adjacent axes.
const OperatorFamily& softmax_family();
extern const Operator softmax_operator, log_softmax_operator, hardmax_operator;

}  // namespace mho::workloads
