#pragma once

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Operators that sort, compare or accumulate elements along an axis.
const OperatorFamily& ordering_family();
extern const Operator cumulative_sum_operator, extreme_index_operator, top_k_operator;

}  // namespace mho::workloads
