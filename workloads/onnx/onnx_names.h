#pragma once

namespace onnx {
class ModelProto;
}  // namespace onnx

namespace mho::workloads {

/// Rewrites every name and text of the model, and of the graphs inside its nodes, as base::printable does: names in messages, tables and files then
/// contain no control characters. Distinct names stay distinct, except names that differ only in such an escape.
void make_names_printable(onnx::ModelProto& model);

}  // namespace mho::workloads
