#pragma once

#include <string>
#include <vector>

#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Operators that pick elements along an axis: known ones, or rows by computed numbers.
const OperatorFamily& picking_family();
extern const Operator pick_operator, table_rows_operator, row_at_operator;

/// Picks `indices` along an axis; the new value is called `name`. Returns its index.
[[nodiscard]] int take(OnnxBuilder& graph, const OnnxNode& node, int x, int axis, std::vector<std::int64_t> indices, const std::string& name);
[[nodiscard]] int take_step(OnnxBuilder& graph, const OnnxNode& node, int x, int axis, std::vector<std::int64_t> indices, int& step);
/// Indices begin, begin + step, ... before end, as ONNX Slice counts them on an axis of `length`.
[[nodiscard]] std::vector<std::int64_t> sliced(double begin, double end, double step, std::int64_t length);

}  // namespace mho::workloads
