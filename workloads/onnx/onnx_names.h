#pragma once

namespace onnx {
class ModelProto;
}  // namespace onnx

namespace mho::workloads {

/// Every name and text of the model, and of the graphs inside its nodes, as base::printable writes it: no message, table or file that names a node or
/// a tensor can carry a control character. Names that were different remain so, but for those that only an escape told apart.
void make_names_printable(onnx::ModelProto& model);

}  // namespace mho::workloads
