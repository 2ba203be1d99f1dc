#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mho::workloads {

/// Operator sets of nodes that are not read by that of the file, by the node's first output.
using OpsetByOutput = std::map<std::string, std::int64_t>;

/// Replaces every call of a function that the file defines by the function's nodes, also in the branches of If and inside other functions. Tensors
/// and nodes inside get the name of the call before theirs. Throws UserError for functions that call themselves, and for files that grow beyond
/// measure.
OpsetByOutput inline_functions(onnx::ModelProto& model, const std::string& file);

/// Tensors that a branch takes from the graph around it.
std::vector<std::string> captured(const onnx::GraphProto& branch);
/// Tensors that a node reads: its inputs, and what its branches take from around it.
std::vector<std::string> tensors_read(const onnx::NodeProto& node);

/// Gives tensors other names, also inside branches; those that `renamed` lacks keep theirs.
void rename_tensors(onnx::NodeProto& node, const std::map<std::string, std::string>& renamed);

}  // namespace mho::workloads
