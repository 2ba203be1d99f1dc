#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mho::workloads {

/// Opsets of nodes that do not follow the opset of the file, by the node's first output.
using OpsetByOutput = std::map<std::string, std::int64_t>;

/// Replaces every call of a function that the file defines by the function's nodes, also in branches of If and inside other functions. Tensors and
/// nodes of a call get its name as prefix. Returns the opsets of these nodes. Throws UserError for recursive functions, for calls with the wrong
/// number of inputs or outputs, and for files that grow too large.
OpsetByOutput inline_functions(onnx::ModelProto& model, const std::string& file);

/// Tensors that a branch reads from the surrounding graph.
std::vector<std::string> captured(const onnx::GraphProto& branch);
/// Tensors that a node reads: its inputs and the tensors that its branches read from the surrounding graph.
std::vector<std::string> tensors_read(const onnx::NodeProto& node);

/// Renames tensors of a node, also inside branches. Names that are not in `renamed` stay.
void rename_tensors(onnx::NodeProto& node, const std::map<std::string, std::string>& renamed);

}  // namespace mho::workloads
