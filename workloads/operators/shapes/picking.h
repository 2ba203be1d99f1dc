#pragma once

#include <string>
#include <vector>

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Operators that pick elements along an axis: at known indices, or rows by computed indices.
const OperatorFamily& picking_family();
extern const Operator pick_operator, table_rows_operator, row_at_operator;

/// Adds a node that picks `indices` along an axis of x. Returns the new value, named `name`.
[[nodiscard]] int take(OnnxBuilder& graph, const OnnxNode& node, int x, int axis, std::vector<std::int64_t> indices, const std::string& name);
/// The same as a step within one ONNX node (see OnnxBuilder::add_step).
[[nodiscard]] int take_step(OnnxBuilder& graph, const OnnxNode& node, int x, int axis, std::vector<std::int64_t> indices, int& step);
/// Indices begin, begin + step, ... before end, with the rules of ONNX Slice for an axis of `length` elements.
[[nodiscard]] std::vector<std::int64_t> sliced(double begin, double end, double step, std::int64_t length);

}  // namespace mho::workloads
