#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Recurrent layers (LSTM, GRU, RNN). The products with the inputs of all steps become one node, the recurrent products another.
const OperatorFamily& recurrent_family();
extern const Operator recurrent_operator;

}  // namespace mho::workloads
