#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Layers with time steps, LSTM, GRU and RNN: the products with the inputs of all steps become a node of their own, the recurrent ones another.
const OperatorFamily& recurrent_family();
extern const Operator recurrent_operator;

}  // namespace mho::workloads
