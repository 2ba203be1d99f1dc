#pragma once

#include <vector>

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Reductions over axes: sums, means, extremes.
const OperatorFamily& reduction_family();
extern const Operator reduce_operator;

/// Adds a reduction of x over `axes` as a step within one ONNX node (see OnnxBuilder::add_step). Returns the new value.
[[nodiscard]] int reduce_step(OnnxBuilder& graph, const OnnxNode& node, periphery::digital::Reduction reduction, int x,
                              std::vector<std::int64_t> axes, bool keepdims, int& step);

}  // namespace mho::workloads
